/** Everything the page shows, kept up to date by the simulator's event stream. */
import { SvelteMap } from "svelte/reactivity";
import { reasonOf } from "../shared/http";
import { follow } from "../shared/live";
import { Application } from "./application.svelte";
import { Conversation } from "./conversation.svelte";
import { ofDelivery, ofRequest } from "./log";
import { People } from "./people.svelte";
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
  readonly people = new People();
  readonly application = new Application();
  readonly traffic = new Traffic();
  readonly #conversations = new SvelteMap<string, Conversation>();

  connection = $state<Connection>("connecting");
  /** Why the last reading of the simulator's state failed, `""` if it did not. */
  failure = $state("");
  selection = $state.raw<Selection>({ kind: "latest" });

  readonly conversation = $derived.by(() => {
    const { customer, account } = this.people;
    if (customer === undefined || account === undefined) return undefined;
    return this.#conversations.get(keyOf(customer.user_id, account.user_id));
  });

  /** Begin to follow the simulator; the function given back ends it. */
  start(): () => void {
    const readAddress = (): void => {
      this.people.readAddress();
      void this.show();
    };
    addEventListener("hashchange", readAddress);
    const unfollow = follow<Live>("/_sim/live", {
      on: {
        message: ({ event }) => this.#receive(event),
        delivery: (delivery) => this.traffic.put(ofDelivery(delivery)),
        request: (request) => this.traffic.put(ofRequest(request)),
        user: (user) => this.people.put(user),
        application: (status) => this.application.change(status),
        notice: (notice) => this.application.notify(notice),
        notice_cleared: ({ id }) => this.application.clear(id),
        reset: () => void this.#startOver(),
        resync: () => void this.refresh(),
      },
      onopen: () => {
        this.connection = "live";
        void this.refresh();
      },
      onlost: () => {
        this.connection = "reconnecting";
      },
    });
    return () => {
      removeEventListener("hashchange", readAddress);
      unfollow();
    };
  }

  /** Read everything anew. What was received before stays on the screen meanwhile. */
  async refresh(): Promise<void> {
    for (const conversation of this.#conversations.values()) conversation.isStale = true;
    await this.#attempt(async () => {
      await this.people.load();
      await Promise.all([this.application.load(), this.traffic.load(), this.#load()]);
    });
  }

  /** Bring the chosen conversation onto the screen. */
  async show(): Promise<void> {
    this.selection = { kind: "latest" };
    await this.#attempt(() => this.#load());
  }

  /** The simulator's time now, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.people.clockOffset;
  }

  /** Messages a customer has not seen, in the chosen account's conversation. */
  unreadOf(customerId: string): number {
    const accountId = this.people.account?.user_id ?? "";
    return this.#conversations.get(keyOf(customerId, accountId))?.unread ?? 0;
  }

  async #load(): Promise<void> {
    const { customer, account } = this.people;
    if (customer === undefined || account === undefined) return;
    const conversation = this.#open(customer.user_id, account.user_id);
    conversation.unread = 0;
    if (conversation.isStale) await conversation.load();
  }

  async #startOver(): Promise<void> {
    this.#conversations.clear();
    this.traffic.clear();
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

  #receive(event: MessageEvent): void {
    const { sender_id: sender, target } = event.message_create;
    const isFromAccount = this.people.accounts.some((account) => account.user_id === sender);
    const conversation = isFromAccount
      ? this.#open(target.recipient_id, sender)
      : this.#open(sender, target.recipient_id);
    const isNew = conversation.receive(event);
    const profileId = event.message_create.custom_profile_id;
    if (profileId !== undefined && !(profileId in conversation.profiles)) {
      conversation.isStale = true;
    }
    if (conversation === this.conversation) void this.#attempt(() => this.#load());
    else if (isNew && isFromAccount) conversation.unread += 1;
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
