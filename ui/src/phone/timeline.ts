/** The order and grouping of a conversation's bubbles, from X's events. */
import type { MessageEvent, Option } from "./wire";

/** A message the customer has sent and X has not confirmed yet. */
export interface Pending {
  key: string;
  text: string;
  at: number;
  /** A photo or the like goes with it, for which X adds a link to the text. */
  hasMedia: boolean;
}

/** A welcome message on the screen: X shows it, and it is no message of the conversation. */
export interface Welcome {
  /** What it says, in the form of a message. */
  event: MessageEvent;
  /** The message it stands behind; `""` where there was none. */
  afterId: string;
}

/** One bubble. `in` is what the customer receives, `out` what the customer wrote. */
export interface Bubble {
  event: MessageEvent;
  direction: "in" | "out";
  /** Milliseconds since 1970. */
  at: number;
  /** Whether a day's heading stands before it. */
  startsDay: boolean;
  /** Whether the bubble before or after it is of the same voice, within five minutes. */
  joinsPrevious: boolean;
  joinsNext: boolean;
  isWelcome: boolean;
}

/** Which option answered which prompt. */
export interface Answered {
  /** Prompt's message id → the option chosen last. */
  chosen: ReadonlyMap<string, Option>;
  /** Answer's message id → the event it answers. */
  prompts: ReadonlyMap<string, MessageEvent>;
}

const GROUP_WITHIN_MS = 5 * 60 * 1000;

/** Order two of X's ids as the numbers they are, without losing digits. */
export function compareIds(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}

/** Put events into a conversation: each once, in X's order; the newer copy of one wins. */
export function merge(
  known: readonly MessageEvent[],
  more: readonly MessageEvent[],
): MessageEvent[] {
  const byId = new Map([...known, ...more].map((event) => [event.id, event]));
  return [...byId.values()].sort((one, other) => compareIds(one.id, other.id));
}

/** Put a welcome message where it was shown. */
export function withWelcome(
  events: readonly MessageEvent[],
  welcome: Welcome | null,
): readonly MessageEvent[] {
  if (welcome === null) return events;
  const n = events.findIndex((event) => compareIds(event.id, welcome.afterId) > 0);
  return events.toSpliced(n < 0 ? events.length : n, 0, welcome.event);
}

/** Lay a conversation out as its customer sees it. */
export function bubbles(
  events: readonly MessageEvent[],
  customerId: string,
  welcome: Welcome | null = null,
): Bubble[] {
  return withWelcome(events, welcome).map((event, n, all): Bubble => {
    const previous = all[n - 1];
    const next = all[n + 1];
    const at = timeOf(event);
    const isWelcome = event === welcome?.event;
    return settled({
      event,
      at,
      isWelcome,
      direction: event.message_create.sender_id === customerId ? "out" : "in",
      startsDay: previous === undefined || dayOf(timeOf(previous)) !== dayOf(at),
      joinsPrevious:
        !isWelcome &&
        previous !== undefined &&
        previous !== welcome?.event &&
        isOneVoice(previous, event),
      joinsNext:
        !isWelcome && next !== undefined && next !== welcome?.event && isOneVoice(event, next),
    });
  });
}

const laidOut = new WeakMap<MessageEvent, Bubble>();

/** Give the bubble an event had before, where it is the same still: then nothing is drawn anew. */
function settled(bubble: Bubble): Bubble {
  const before = laidOut.get(bubble.event);
  const keys = Object.keys(bubble) as (keyof Bubble)[];
  if (before !== undefined && keys.every((key) => before[key] === bubble[key])) return before;
  laidOut.set(bubble.event, bubble);
  return bubble;
}

/** Find the prompt of each quick-reply answer.
 *
 * X says only what was chosen, so an answer belongs to the nearest earlier message that offered it.
 */
export function answers(events: readonly MessageEvent[]): Answered {
  const chosen = new Map<string, Option>();
  const prompts = new Map<string, MessageEvent>();
  events.forEach((event, n) => {
    const response = event.message_create.message_data.quick_reply_response;
    if (response === undefined) return;
    const label = event.message_create.message_data.text;
    const optionOf = (prompt: MessageEvent): Option | undefined =>
      prompt.message_create.message_data.quick_reply?.options.find(
        (option) => option.metadata === response.metadata && escape(option.label) === label,
      );
    const prompt = events
      .slice(0, n)
      .findLast((each) => !isFromSame(each, event) && optionOf(each) !== undefined);
    const option = prompt && optionOf(prompt);
    if (prompt === undefined || option === undefined) return;
    chosen.set(prompt.id, option);
    prompts.set(event.id, prompt);
  });
  return { chosen, prompts };
}

/** Name a day as people do, seen from `now`; both in milliseconds since 1970. */
export function dayName(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Date(at).toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });
}

/** Milliseconds since 1970 at which X created the event. */
export function timeOf(event: MessageEvent): number {
  return Number(event.created_timestamp);
}

function isOneVoice(one: MessageEvent, other: MessageEvent): boolean {
  return (
    isFromSame(one, other) &&
    one.message_create.custom_profile_id === other.message_create.custom_profile_id &&
    timeOf(other) - timeOf(one) <= GROUP_WITHIN_MS &&
    dayOf(timeOf(one)) === dayOf(timeOf(other))
  );
}

function isFromSame(one: MessageEvent, other: MessageEvent): boolean {
  return one.message_create.sender_id === other.message_create.sender_id;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function dayOf(at: number): string {
  return new Date(at).toDateString();
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
