/** Everything the page shows, kept up to date by the simulator's event stream. */
import { SvelteMap } from "svelte/reactivity";
import { reasonOf } from "../shared/http";
import { follow } from "../shared/live";
import { Application } from "./application.svelte";
import { Changes } from "./changes.svelte";
import { Clock } from "./clock.svelte";
import { Conversation } from "./conversation.svelte";
import { ChosenDialect } from "./dialects.svelte";
import { Doing } from "./doing.svelte";
import { Faults } from "./faults.svelte";
import { IN_ADDRESS, PLAIN_WAY } from "./location";
import type { Choice, Keeper, Way } from "./location";
import { ofDelivery, ofRequest } from "./log";
import type { Row } from "./log";
import { People } from "./people.svelte";
import { Posts } from "./posts.svelte";
import { Receipts } from "./receipts.svelte";
import { Replay } from "./replay.svelte";
import type { Sheet } from "./sheet";
import { Traffic } from "./traffic.svelte";
import type { Live, MessageEvent } from "./wire";

/** What the inspector shows: a message, a row of the log, or whatever message is the latest. */
export type Selection =
  | { kind: "message"; id: string }
  | { kind: "row"; key: string }
  | { kind: "latest" };

export type Connection = "connecting" | "live" | "reconnecting";

/** The state of the page and the one place that listens to the simulator. */
export class Session {
  readonly people: People;
  readonly application = new Application();
  readonly traffic = new Traffic();
  readonly changes = new Changes();
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly posts = new Posts();
  readonly dialect = new ChosenDialect();
  readonly doing = new Doing();
  readonly receipts: Receipts;
  readonly replay = new Replay(this);
  readonly #conversations = new SvelteMap<string, Conversation>();
  #way: Way = PLAIN_WAY;

  connection = $state<Connection>("connecting");
  /** Why the last reading of the simulator's state failed, `""` if it did not. */
  failure = $state("");
  selection = $state.raw<Selection>({ kind: "latest" });
  /** What is asked in front of everything else. */
  sheet = $state.raw<Sheet | null>(null);

  readonly conversation = $derived.by(() => {
    const { customer, account } = this.people;
    if (customer === undefined || account === undefined) return undefined;
    return this.#conversations.get(keyOf(customer.user_id, account.user_id));
  });

  readonly #keeper: Keeper;

  /**
   * @param keeper Where it is kept who plays whom.
   * @param receipts Whether marks are sent by themselves.
   */
  constructor(keeper: Keeper = IN_ADDRESS, receipts = new Receipts()) {
    this.#keeper = keeper;
    this.receipts = receipts;
    this.people = new People(keeper);
  }

  /** Begin to follow the simulator; the function given back ends it. */
  start(): () => void {
    const readAddress = (): void => {
      this.#way = this.people.readAddress();
      void this.show();
    };
    const unwatch = this.#keeper.watch(readAddress);
    this.#way = this.people.readAddress();
    const stopClock = this.clock.start();
    const unfollow = follow<Live>("/_sim/live", {
      on: {
        message: ({ event }) => this.#receive(event),
        opened: ({ user_id, with_id, welcome_message, text }) => {
          const conversation = this.#open(user_id, with_id);
          conversation.isOpen = true;
          conversation.greet(welcome_message, this.now());
          conversation.draft ||= text;
        },
        left: ({ user_id, with_id }) => this.#open(user_id, with_id).close(),
        typing: ({ sender_id, target }) => {
          this.#open(target.recipient_id, sender_id).marks.typing();
        },
        read: ({ sender_id, target, last_read_event_id }) => {
          this.#open(target.recipient_id, sender_id).marks.read(last_read_event_id);
        },
        faults: (standing) => this.faults.change(standing),
        clock: (state) => this.clock.take(state),
        standing: (change) => this.people.stand(change),
        relation: (change) => this.people.relate(change),
        authorized: () => void this.#attempt(() => this.people.load()),
        revoked: () => void this.#attempt(() => this.people.load()),
        post: () => void this.#loadPosts(),
        post_deleted: () => void this.#loadPosts(),
        post_standing: () => void this.#loadPosts(),
        liked: () => void this.#loadPosts(),
        unliked: () => void this.#loadPosts(),
        delivery: (delivery) => this.#log(ofDelivery(delivery)),
        request: (request) => this.#log(ofRequest(request)),
        change: (row) => this.changes.put(row),
        user: (user) => this.people.put(user),
        application: (status) => this.application.change(status),
        notice: (notice) => this.application.notify(notice),
        notice_cleared: ({ id }) => this.application.clear(id),
        reset: () => void this.#startOver(),
        resync: () => void this.refresh(),
      },
      onopen: (isFirst) => {
        this.connection = "live";
        // The simulator may have been started anew, and then knows of nobody who came in before.
        if (!isFirst) for (const each of this.#conversations.values()) each.isOpen = false;
        void this.refresh();
      },
      onlost: () => {
        this.connection = "reconnecting";
      },
    });
    return () => {
      unwatch();
      stopClock();
      unfollow();
    };
  }

  /** Read everything anew. What was received before stays on the screen meanwhile. */
  async refresh(): Promise<void> {
    for (const conversation of this.#conversations.values()) conversation.isStale = true;
    await this.#attempt(async () => {
      await Promise.all([this.people.load(), this.clock.load()]);
      const { application, traffic, changes, faults } = this;
      const logs = [traffic.load(), changes.load()];
      await Promise.all([application.load(), ...logs, faults.load(), this.#load()]);
    });
  }

  /** Bring what was chosen onto the screen. */
  async show(): Promise<void> {
    this.selection = { kind: "latest" };
    await this.#attempt(() => this.#load());
  }

  /** Play another customer, write to another account, or go to another place of the phone. */
  async go(choice: Partial<Choice>, way: Way = PLAIN_WAY): Promise<void> {
    const before = this.conversation;
    this.people.choose(choice);
    this.#way = way;
    const hasLeft = before !== this.conversation || this.people.place !== "messages";
    if (before !== undefined && hasLeft) await this.doing.attempt(() => before.leave());
    await this.show();
  }

  /** Ask for the text of a Post; gives why nobody can write it, `""` if somebody can.
   *
   * @param wanted The author is the customer unless another is named.
   */
  compose(wanted: { authorId?: string; text: string; inReplyTo?: string }): string {
    const { account, customer, users } = this.people;
    const authorId = wanted.authorId ?? customer?.user_id;
    const author = users.find((user) => user.user_id === authorId);
    if (author === undefined) return "Nobody here can write it: add a customer first.";
    const { text, inReplyTo = "" } = wanted;
    const offersMessage = author === account && inReplyTo === "";
    this.sheet = { kind: "compose", author, text, inReplyTo, offersMessage };
    return "";
  }

  /** Let the account see that the customer types, where marks are sent by themselves. */
  async noteTyping(): Promise<void> {
    const { conversation } = this;
    if (conversation === undefined || !this.receipts.tellsOfTyping(performance.now())) return;
    await this.doing.attempt(() => conversation.showTyping());
  }

  /** The simulator's time now, in milliseconds since 1970. */
  now(): number {
    return this.clock.now();
  }

  /** Messages a customer has not seen, in the chosen account's conversation. */
  unreadOf(customerId: string): number {
    const accountId = this.people.account?.user_id ?? "";
    return this.#conversations.get(keyOf(customerId, accountId))?.unread ?? 0;
  }

  async #load(): Promise<void> {
    const { customer, account, place } = this.people;
    if (account === undefined) return;
    if (place === "profile") await this.#loadPosts();
    if (customer === undefined) return;
    const conversation = this.#open(customer.user_id, account.user_id);
    if (conversation.isStale) await conversation.load();
    if (place !== "messages") return;
    conversation.unread = 0;
    const way = this.#way;
    this.#way = PLAIN_WAY;
    if (!conversation.isOpen || way !== PLAIN_WAY) {
      await this.doing.attempt(() => conversation.open(this.now(), way));
      // Whoever greets may speak under a profile that nobody has spoken under before.
      if (conversation.isStale) await conversation.load();
    }
    const read = conversation.newestReceived;
    if (read !== undefined && this.receipts.tellsOfReading(read)) {
      await this.doing.attempt(() => conversation.markRead(read));
    }
  }

  async #loadPosts(): Promise<void> {
    const { account, place } = this.people;
    if (account !== undefined && place === "profile") await this.posts.load(account.user_id);
  }

  async #startOver(): Promise<void> {
    this.#conversations.clear();
    this.traffic.clear();
    this.changes.clear();
    this.selection = { kind: "latest" };
    await this.refresh();
  }

  async #attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.failure = "";
    } catch (failure) {
      this.failure = reasonOf(failure);
    }
  }

  /** Keep a row; its time tells whether somebody else has moved the clock, and a fault in it that one struck. */
  #log(row: Row): void {
    this.traffic.put(row);
    if (row.fault !== "") void this.faults.load();
    if (this.clock.isApartFrom(row.at)) void this.#attempt(() => this.clock.load());
  }

  #receive(event: MessageEvent): void {
    const { sender_id: sender, target } = event.message_create;
    const isFromAccount = this.people.accounts.some((account) => account.user_id === sender);
    const conversation = isFromAccount
      ? this.#open(target.recipient_id, sender)
      : this.#open(sender, target.recipient_id);
    const isNew = conversation.receive(event);
    if (!conversation.knowsVoiceOf(event)) conversation.isStale = true;
    const isSeen = conversation === this.conversation && this.people.place === "messages";
    if (conversation === this.conversation) void this.#attempt(() => this.#load());
    if (!isSeen && isNew && isFromAccount) conversation.unread += 1;
  }

  #open(customerId: string, accountId: string): Conversation {
    const key = keyOf(customerId, accountId);
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const opened = new Conversation(customerId, accountId);
    this.#conversations.set(key, opened);
    return opened;
  }
}

function keyOf(customerId: string, accountId: string): string {
  return `${customerId} ${accountId}`;
}
