/** One customer's conversation with one account: what X has, and what is on its way there. */
import { get, post, reasonOf } from "../shared/http";
import { unescape } from "./text";
import { answers, bubbles, merge } from "./timeline";
import type { Pending } from "./timeline";
import type {
  ActionAnswer,
  ConversationAnswer,
  CustomProfile,
  MessageEvent,
  Option,
  SendDm,
} from "./wire";

let pendingCount = 0;

/** Messages, the draft, and sending. Every message appears once, however it becomes known. */
export class Conversation {
  readonly customerId: string;
  readonly accountId: string;

  events = $state.raw<MessageEvent[]>([]);
  pending = $state.raw<Pending[]>([]);
  apps = $state.raw<Record<string, { name: string }>>({});
  profiles = $state.raw<Record<string, CustomProfile>>({});
  draft = $state("");
  /** Why the last message was not sent, `""` if it was. */
  failure = $state("");
  isLoaded = $state(false);
  /** Whether something may have been missed since it was loaded. */
  isStale = $state(true);
  /** Messages received while another conversation was on the screen. */
  unread = $state(0);

  readonly bubbles = $derived.by(() => bubbles(this.events, this.customerId));
  readonly answers = $derived(answers(this.events));

  #loads = 0;
  #arrived: MessageEvent[] = [];
  #sending: Promise<unknown> = Promise.resolve();

  constructor(customerId: string, accountId: string) {
    this.customerId = customerId;
    this.accountId = accountId;
  }

  /** Read the conversation from X, keeping what arrives meanwhile. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const load = ++this.#loads;
    this.#arrived = [];
    const query = new URLSearchParams({ user_id: this.customerId, with: this.accountId });
    const answer = await get<ConversationAnswer>(`/_sim/conversations?${query.toString()}`);
    if (load !== this.#loads) return;
    this.events = merge(answer.events, this.#arrived);
    this.apps = answer.apps;
    this.profiles = answer.custom_profiles;
    this.isLoaded = true;
    this.isStale = false;
  }

  /** Take in a message; one already known changes nothing. Gives whether it was new. */
  receive(event: MessageEvent): boolean {
    const isNew = !this.events.some((each) => each.id === event.id);
    this.#arrived.push(event);
    this.events = merge(this.events, [event]);
    if (isNew && event.message_create.sender_id === this.customerId) this.#confirm(event);
    return isNew;
  }

  /** Send the draft, unless it is blank. */
  async sendDraft(at: number): Promise<void> {
    const text = this.draft.trim();
    if (text === "") return;
    this.draft = "";
    await this.say(text, at);
  }

  /** Send a text; where X refuses, it is put into the draft, before what is there. */
  async say(text: string, at: number): Promise<void> {
    if (await this.#send({ action: "send_dm", to: this.accountId, text }, at)) return;
    this.draft = this.draft === "" ? text : `${text}\n${this.draft}`;
  }

  /** Tap an option of a message. */
  async tap(messageId: string, option: Option, at: number): Promise<void> {
    const { label, metadata } = option;
    const quick_reply = {
      message_id: messageId,
      ...(metadata === undefined ? {} : { metadata }),
    };
    await this.#send({ action: "send_dm", to: this.accountId, text: label, quick_reply }, at);
  }

  /** Send one message behind those already on their way; gives whether X has it. */
  async #send(action: SendDm, at: number): Promise<boolean> {
    const pending = { key: `pending-${++pendingCount}`, text: action.text, at };
    this.pending = [...this.pending, pending];
    this.failure = "";
    const sending = this.#sending.then(() => this.#post(action));
    this.#sending = Promise.allSettled([sending]);
    try {
      await sending;
      return true;
    } catch (failure) {
      // The message itself may have come by the event stream though the answer was lost.
      if (!this.pending.includes(pending)) return true;
      this.failure = reasonOf(failure);
      return false;
    } finally {
      this.pending = this.pending.filter((each) => each !== pending);
    }
  }

  async #post(action: SendDm): Promise<void> {
    const path = `/_sim/users/${encodeURIComponent(this.customerId)}/actions`;
    const answer = await post<ActionAnswer>(path, action);
    for (const event of answer.events) if (isMessage(event)) this.receive(event);
    if (!this.events.some((event) => event.id === answer.id)) await this.load();
  }

  /** A message of ours is at X before the answer to our request: it is no longer pending. */
  #confirm(event: MessageEvent): void {
    const text = unescape(event.message_create.message_data.text);
    const n = this.pending.findIndex((each) => each.text === text);
    if (n >= 0) this.pending = this.pending.toSpliced(n, 1);
  }
}

function isMessage(event: { type?: string }): event is MessageEvent {
  return event.type === "message_create";
}
