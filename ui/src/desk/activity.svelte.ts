/** The list of what came in, as it is shown and kept up. */
import { read } from "./api";
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
        return;
      }
      const fresh = new Set(page.happenings.map(nameOf));
      this.rows = [...page.happenings, ...this.rows.filter((one) => !fresh.has(nameOf(one)))];
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
