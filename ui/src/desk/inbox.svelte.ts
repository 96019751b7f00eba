/** The list of conversations: what is shown, and what has changed since. */
import { RequestFailed } from "../shared/http";
import { isRefused, read } from "./api";
import { Again } from "./again";
import type { Clock } from "./clock.svelte";
import { belongs, compare, nameOf } from "./order";
import type { Conversation, Conversations, Counts, View } from "./wire";

const AT_ONCE = 50;
/** Conversations that can be asked for by name at once. */
const BY_NAME = 50;

/** One view's conversations, in the order in which they are shown. */
export class Inbox {
  rows = $state<Conversation[]>([]);
  counts = $state<Counts | null>(null);
  isLoading = $state(true);
  failure = $state<unknown>(null);
  /** Changes that would move rows, held back while somebody points at one. */
  held = $state<Map<string, Conversation | null>>(new Map());
  view = $state<View>("unassigned");
  tag = $state("");
  tags = $state<string[]>([]);
  /** The one account whose conversations are shown; empty for all. */
  account = $state("");
  /** Whether something has changed that could not be read yet. */
  isBehind = $state(false);
  isHolding = false;
  #missed: ReadonlySet<string> = new Set();
  /** What was read anew while a list was on its way, which may be of before it. */
  #meanwhile: ReadonlySet<string> = new Set();
  readonly #again = new Again(() => this.refresh(new Set()));
  #after = $state<string | null>(null);
  #loaded = 0;
  readonly #me: string;
  readonly #clock: Clock;

  constructor(me: string, clock: Clock) {
    this.#me = me;
    this.#clock = clock;
  }

  get hasMore(): boolean {
    return this.#after !== null;
  }

  /** How many rows would come in or move. */
  get nFresh(): number {
    return [...this.held.values()].filter((row) => row !== null).length;
  }

  /** Show a view from its beginning. */
  async show(view: View, tag = ""): Promise<void> {
    this.view = view;
    this.tag = tag;
    const turn = ++this.#loaded;
    this.isLoading = true;
    this.failure = null;
    this.#meanwhile = new Set();
    try {
      const page = await read<Conversations>(this.#path(null));
      if (turn !== this.#loaded) return;
      this.rows = page.conversations;
      this.#after = page.after;
      this.held = new Map();
      const meanwhile = this.#meanwhile;
      this.isLoading = false;
      if (meanwhile.size > 0) await this.#refresh(meanwhile);
      else await this.count();
    } catch (failure) {
      if (turn === this.#loaded) this.failure = failure;
    } finally {
      if (turn === this.#loaded) this.isLoading = false;
    }
  }

  /** Show one account's conversations only; all of them for "". */
  async choose(account: string): Promise<void> {
    this.account = account;
    await this.show(this.view, this.tag);
  }

  /** Show the next part of the list below. */
  async more(): Promise<void> {
    const turn = this.#loaded;
    const page = await read<Conversations>(this.#path(this.#after));
    if (turn !== this.#loaded) return;
    const known = new Set(this.rows.map(nameOf));
    this.rows.push(...page.conversations.filter((one) => !known.has(nameOf(one))));
    this.#after = page.after;
  }

  async count(): Promise<void> {
    const account = this.account === "" ? "" : `?account=${encodeURIComponent(this.account)}`;
    this.counts = await read<Counts>(`/api/conversations/counts${account}`);
    this.#clock.set(this.counts.now);
    this.tags = (await read<{ tags: string[] }>("/api/conversations/tags")).tags;
  }

  /** Look again, for whoever comes back to the page. */
  async look(): Promise<void> {
    await this.refresh(new Set());
  }

  /** Read anew what has changed; what cannot be read is read as soon as it can. */
  async refresh(names: ReadonlySet<string>): Promise<void> {
    const all = new Set([...this.#missed, ...names]);
    this.#missed = all;
    try {
      await this.#refresh(all);
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
      this.isBehind = !isRefused(failure);
      if (this.isBehind) this.#again.later();
      return;
    }
    if (this.#missed === all) this.#missed = new Set();
    this.isBehind = false;
    this.#again.end();
    if (this.failure !== null) await this.show(this.view, this.tag);
  }

  /** Ask for nothing more by itself. */
  rest(): void {
    this.#again.end();
  }

  async #refresh(names: ReadonlySet<string>): Promise<void> {
    const turn = this.#loaded;
    const all = [...names];
    if (this.isLoading) this.#meanwhile = new Set([...this.#meanwhile, ...names]);
    for (let first = 0; first < all.length; first += BY_NAME) {
      const some = all.slice(first, first + BY_NAME);
      const query = some.map((name) => `of=${encodeURIComponent(name)}`).join("&");
      const page = await read<Conversations>(`/api/conversations/rows?${query}`);
      if (turn !== this.#loaded) return;
      page.conversations.forEach((one) => this.#take(one));
    }
    if (!this.isHolding) this.settle();
    await this.count();
  }

  /** Put what was held back in its place. */
  settle(): void {
    if (this.held.size === 0) return;
    const kept = this.rows.filter((one) => !this.held.has(nameOf(one)));
    const placed = [...this.held.values()].filter((one) => one !== null);
    const ordered = [...kept, ...placed].sort(compare(this.view));
    const last = this.rows.at(-1);
    // Below what has been loaded there are others; these come with the next part.
    const isWithin = (one: Conversation): boolean =>
      this.#after === null || last === undefined || compare(this.view)(one, last) <= 0;
    this.rows = ordered.filter(isWithin);
    this.held = new Map();
  }

  /** Change a row in place; hold back what would move it. */
  #take(fresh: Conversation): void {
    const name = nameOf(fresh);
    const at = this.rows.findIndex((one) => nameOf(one) === name);
    const isOurs = this.account === "" || fresh.account_id === this.account;
    const isHere = isOurs && belongs(fresh, this.view, this.#me, this.tag);
    if (at < 0 && !isHere) {
      this.#release(name);
      return;
    }
    if (at >= 0) this.rows[at] = fresh;
    if (at >= 0 && isHere && this.#fits(at)) this.#release(name);
    else this.held = new Map(this.held).set(name, isHere ? fresh : null);
  }

  #path(after: string | null): string {
    const place = after === null ? "" : `&after=${encodeURIComponent(after)}`;
    const tagged = this.tag === "" ? "" : `&tag=${encodeURIComponent(this.tag)}`;
    const account = this.account === "" ? "" : `&account=${encodeURIComponent(this.account)}`;
    return `/api/conversations?view=${this.view}&limit=${AT_ONCE}${tagged}${account}${place}`;
  }

  #release(name: string): void {
    if (!this.held.has(name)) return;
    this.held = new Map([...this.held].filter(([one]) => one !== name));
  }

  #fits(at: number): boolean {
    const order = compare(this.view);
    const [before, here, after] = [this.rows[at - 1], this.rows[at], this.rows[at + 1]];
    if (here === undefined) return false;
    const isAfter = before === undefined || order(before, here) <= 0;
    return isAfter && (after === undefined || order(here, after) <= 0);
  }
}
