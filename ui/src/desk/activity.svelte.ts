/** The list of what came in, as it is shown and kept up. */
import { read } from "./api";
import { nameOf as conversationOf } from "./order";
import type { Conversations, Customer } from "./wire";
import type { Happening, Happenings, Status } from "./wireActivity";

const AT_ONCE = 50;

/** Which happenings are shown; empty for all. */
export interface Filter {
  account: string;
  kind: string;
  status: Status | "";
}

/** What happenings are told apart by. */
export function nameOf(one: Happening): string {
  return [one.what, one.account_id, one.app, one.kind, one.key, one.what === "rejection" ? `${one.reason} ${one.at}` : ""].join("|");
}

/** Where an event's page is; empty for what has none. */
export function pageOf(one: Pick<Happening, "what" | "account_id" | "kind" | "key">): string {
  if (one.what !== "event") return "";
  return `event/${[one.account_id === "" ? "-" : one.account_id, one.kind, one.key].map(encodeURIComponent).join("/")}`;
}

/** The happenings that fit a filter, the latest first. */
export class Activity {
  rows = $state<Happening[]>([]);
  filter = $state<Filter>({ account: "", kind: "", status: "" });
  failure = $state<unknown>(null);
  isLoading = $state(true);
  /** Who the customer of a conversation is, as far as it was asked for. */
  customers = $state<ReadonlyMap<string, Customer>>(new Map());
  #after = $state<string | null>(null);
  #turn = 0;

  get hasMore(): boolean {
    return this.#after !== null;
  }

  /** Show what fits, from the latest on. */
  async show(filter: Partial<Filter> = {}): Promise<void> {
    this.filter = { ...this.filter, ...filter };
    this.isLoading = true;
    await this.#load(() => true);
  }

  /** Put what is new on top; what was loaded below stays. */
  async refresh(): Promise<void> {
    await this.#load((page) => page.after === null || this.rows.length <= AT_ONCE);
  }

  /** Show the next part below. */
  async more(): Promise<void> {
    const turn = this.#turn;
    const page = await read<Happenings>(this.#path(this.#after));
    if (turn !== this.#turn) return;
    const known = new Set(this.rows.map(nameOf));
    this.rows = [...this.rows, ...page.happenings.filter((one) => !known.has(nameOf(one)))];
    this.#after = page.after;
    await this.#name(page.happenings);
  }

  /** Find out who the customers are that are not known yet: a page has no more than can be asked for at once. */
  async #name(some: readonly Happening[]): Promise<void> {
    const all = some.filter((one) => one.conversation_id !== "").map(conversationOf);
    const unknown = [...new Set(all)].filter((name) => !this.customers.has(name));
    if (unknown.length === 0) return;
    const query = unknown.map((name) => `of=${encodeURIComponent(name)}`).join("&");
    const { conversations } = await read<Conversations>(`/api/conversations/rows?${query}`);
    this.customers = new Map([...this.customers, ...conversations.map((one) => [conversationOf(one), one.customer] as const)]);
  }

  async #load(isWhole: (page: Happenings) => boolean): Promise<void> {
    const turn = ++this.#turn;
    try {
      const page = await read<Happenings>(this.#path(null));
      if (turn !== this.#turn) return;
      this.failure = null;
      if (isWhole(page)) {
        this.rows = page.happenings;
        this.#after = page.after;
      } else {
        const fresh = new Set(page.happenings.map(nameOf));
        this.rows = [...page.happenings, ...this.rows.filter((one) => !fresh.has(nameOf(one)))];
      }
      await this.#name(page.happenings);
    } catch (failure) {
      if (turn === this.#turn) this.failure = failure;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }

  #path(after: string | null): string {
    const wanted = Object.entries({ ...this.filter, after: after ?? "" }).filter(([, value]) => value !== "");
    return `/api/activity?${new URLSearchParams([["limit", String(AT_ONCE)], ...wanted]).toString()}`;
  }
}
