/** One customer's conversation with one account: what X has, and what is on its way there. */
import { get, post, reasonOf } from "../shared/http";
import type { Deed, SendDm } from "./actions";
import { Attachments } from "./attached.svelte";
import { keepDraft, readDraft } from "./drafts";
import { PLAIN_WAY } from "./location";
import type { Way } from "./location";
import { Marks } from "./marks.svelte";
import { unescape } from "./text";
import { answers, bubbles, merge, timeOf, withWelcome } from "./timeline";
import type { Pending, Welcome } from "./timeline";
import { asMessage } from "./welcome";
import type {
  ActionAnswer,
  ConversationAnswer,
  CustomProfile,
  MessageEvent,
  Opened,
  Option,
  WelcomeMessage,
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
  welcome = $state.raw<Welcome | null>(null);
  /** Why the last message was not sent, `""` if it was. */
  failure = $state("");
  isLoaded = $state(false);
  /** Whether the customer has it before them, as X knows. */
  isOpen = $state(false);
  /** Whether something may have been missed since it was loaded. */
  isStale = $state(true);
  /** Messages received while another conversation was on the screen. */
  unread = $state(0);
  readonly attachments: Attachments;
  readonly marks = new Marks();

  readonly bubbles = $derived.by(() => bubbles(this.events, this.customerId, this.welcome));
  readonly answers = $derived(answers(withWelcome(this.events, this.welcome)));

  #draft = $state("");
  #loads = 0;
  #arrived: MessageEvent[] = [];
  #sending: Promise<unknown> = Promise.resolve();

  constructor(customerId: string, accountId: string) {
    this.customerId = customerId;
    this.accountId = accountId;
    this.attachments = new Attachments(customerId);
    this.#draft = readDraft(customerId, accountId);
  }

  /** What is being written; a reload keeps it. */
  get draft(): string {
    return this.#draft;
  }

  set draft(text: string) {
    this.#draft = text;
    keepDraft(this.customerId, this.accountId, text);
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
    this.marks.read(answer.reads?.[this.accountId] ?? "");
    this.#recall(answer);
    this.isLoaded = true;
    this.isStale = false;
  }

  /** Come in, as X sees it: it may show a welcome message. Throws `RequestFailed`.
   *
   * @param at The time now, in milliseconds since 1970.
   */
  async open(at: number, way: Way = PLAIN_WAY): Promise<void> {
    if (this.isOpen && way === PLAIN_WAY) return;
    this.isOpen = true;
    try {
      const opened = await this.#act<Opened>({
        action: "open_conversation",
        to: this.accountId,
        ...(way.welcomeMessageId && { welcome_message_id: way.welcomeMessageId }),
        ...(way.text && { text: way.text }),
        ...(way.postId && { post_id: way.postId }),
      });
      this.greet(opened.welcome_message, at);
    } catch (failure) {
      this.isOpen = false;
      throw failure;
    }
    if (way.text !== "") this.draft = way.text;
  }

  /** Go out again: X may greet anew the next time. Throws `RequestFailed`. */
  async leave(): Promise<void> {
    if (!this.isOpen) return;
    this.close();
    await this.#act({ action: "leave_conversation", to: this.accountId });
  }

  /** The customer is not in it any more, whoever took them out. */
  close(): void {
    this.isOpen = false;
    this.welcome = null;
  }

  /** Show a welcome message behind what is there; `null` leaves what is shown. */
  greet(message: WelcomeMessage | null, at: number): void {
    if (message === null) return;
    const afterId = this.events.at(-1)?.id ?? "";
    if (message.id === this.welcome?.event.id && afterId === this.welcome.afterId) return;
    this.#show(message, at, afterId);
  }

  /** Take in a message; one already known changes nothing. Gives whether it was new. */
  receive(event: MessageEvent): boolean {
    const isNew = !this.events.some((each) => each.id === event.id);
    this.#arrived.push(event);
    this.events = merge(this.events, [event]);
    if (!isNew) return false;
    if (event.message_create.sender_id === this.customerId) this.#confirm(event);
    else this.marks.stopTyping();
    return true;
  }

  /** Whether it is known who speaks in a message, and through which app. */
  knowsVoiceOf({ message_create: content }: MessageEvent): boolean {
    const { custom_profile_id: profileId, source_app_id: appId, sender_id: sender } = content;
    const knowsApp = appId === undefined || sender === this.customerId || appId in this.apps;
    return knowsApp && (profileId === undefined || profileId in this.profiles);
  }

  /** Send the draft and what is attached, unless there is nothing. */
  async sendDraft(at: number): Promise<void> {
    const text = this.draft.trim();
    const { attachments } = this;
    if ((text === "" && attachments.ready === null) || attachments.isBusy) return;
    if (attachments.ready !== null && !(await attachments.describe())) return;
    const attached = attachments.ready;
    this.draft = "";
    if (attached === null) return this.say(text, at);
    attachments.ready = null;
    if (!(await this.#send(this.#dm(text, [attached.mediaId]), at))) {
      attachments.ready ??= attached;
      this.#restore(text);
    }
  }

  /** Send a text; where X refuses, it is put into the draft, before what is there. */
  async say(text: string, at: number): Promise<void> {
    if (!(await this.#send(this.#dm(text), at))) this.#restore(text);
  }

  /** Tap an option of a message. */
  async tap(messageId: string, option: Option, at: number): Promise<void> {
    const { label, metadata } = option;
    const quick_reply = {
      message_id: messageId,
      ...(metadata === undefined ? {} : { metadata }),
    };
    await this.#send({ ...this.#dm(label), quick_reply }, at);
  }

  /** The id of the newest message from the account. */
  get newestReceived(): string | undefined {
    return this.events.findLast((each) => each.message_create.sender_id === this.accountId)?.id;
  }

  /** Let the account see that the customer types. Throws `RequestFailed`. */
  async showTyping(): Promise<void> {
    await this.#act({ action: "typing", to: this.accountId });
  }

  /** Let the account see that the customer has read a message and all before. Throws `RequestFailed`. */
  async markRead(messageId: string): Promise<void> {
    await this.#act({ action: "read", to: this.accountId, message_id: messageId });
  }

  /** Take up what stood in the conversation before this page was there. */
  #recall({ welcome, opening }: ConversationAnswer): void {
    if (welcome == null || this.welcome !== null) return;
    const at = Number(opening?.shown_at || welcome.created_timestamp);
    const before = this.events.findLast((event) => timeOf(event) <= at);
    this.#show(welcome, at, before?.id ?? "");
  }

  #show(message: WelcomeMessage, at: number, afterId: string): void {
    this.welcome = { event: asMessage(message, at, this), afterId };
    const profileId = message.custom_profile_id;
    if (profileId !== undefined && !(profileId in this.profiles)) this.isStale = true;
  }

  #dm(text: string, mediaIds: string[] = []): SendDm {
    const media = mediaIds.length === 0 ? {} : { media_ids: mediaIds };
    return { action: "send_dm", to: this.accountId, text, ...media };
  }

  #restore(text: string): void {
    this.draft = this.draft === "" ? text : `${text}\n${this.draft}`;
  }

  /** Send one message behind those already on their way; gives whether X has it. */
  async #send(action: SendDm, at: number): Promise<boolean> {
    const hasMedia = action.media_ids !== undefined;
    const pending = { key: `pending-${++pendingCount}`, text: action.text, at, hasMedia };
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
    const answer = await this.#act<ActionAnswer>(action);
    for (const event of answer.events) if (isMessage(event)) this.receive(event);
    if (!this.events.some((event) => event.id === answer.id)) await this.load();
  }

  #act<Answer>(action: Deed): Promise<Answer> {
    return post<Answer>(`/_sim/users/${encodeURIComponent(this.customerId)}/actions`, action);
  }

  /** A message of ours is at X before the answer to our request: it is no longer pending. */
  #confirm(event: MessageEvent): void {
    const text = unescape(event.message_create.message_data.text);
    const n = this.pending.findIndex((each) =>
      each.hasMedia ? text.startsWith(each.text) : each.text === text,
    );
    if (n >= 0) this.pending = this.pending.toSpliced(n, 1);
  }
}

function isMessage(event: { type?: string }): event is MessageEvent {
  return event.type === "message_create";
}
