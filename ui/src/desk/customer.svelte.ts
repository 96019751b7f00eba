/** The customer of one open conversation: who they are, and what there has been with them. */
import { read, reason } from "./api";
import type { CustomerActivity, CustomerHistory, CustomerPanel } from "./wire";

const AT_ONCE = 20;

/** Where the panel stands, in every conversation: beside the thread or, where that is too narrow, above it. */
export class PanelPlace {
  isWide = $state(false);
  #isBeside = $state(true);
  #isAbove = $state(false);

  /** Follow the width of the window; ends with the function given back. */
  follow(): () => void {
    const wide = matchMedia("(min-width: 1400px)");
    const changed = (): void => {
      this.isWide = wide.matches;
      this.#isAbove = false;
    };
    changed();
    wide.addEventListener("change", changed);
    return () => wide.removeEventListener("change", changed);
  }

  get isShown(): boolean {
    return this.isWide ? this.#isBeside : this.#isAbove;
  }

  toggle(): void {
    if (this.isWide) this.#isBeside = !this.#isBeside;
    else this.#isAbove = !this.#isAbove;
  }

  /** Out of the way of the thread, where it is above that. */
  clear(): void {
    this.#isAbove = false;
  }
}

/** Reads about a customer, as far as somebody looks. */
export class Customer {
  panel = $state.raw<CustomerPanel | null>(null);
  history = $state.raw<readonly CustomerActivity[]>([]);
  failure = $state("");
  isReadingOlder = $state(false);
  readonly #path: string;
  #before = $state<string | null>(null);
  #wanted: "nothing" | "panel" | "all" = "nothing";
  #reading: Promise<void> | null = null;

  /** @param path Of the conversation in the API. */
  constructor(path: string) {
    this.#path = `${path}/customer`;
  }

  get hasOlder(): boolean {
    return this.#before !== null;
  }

  /** Where their picture is; nowhere where they have none of their own. */
  get picture(): string | undefined {
    return this.panel?.profile.has_picture === true ? `${this.#path}/picture` : undefined;
  }

  /** Read now, or right after the reading that is under way; the history only where it is shown. */
  async refresh(withHistory: boolean): Promise<void> {
    this.#wanted = withHistory || this.#wanted === "all" ? "all" : "panel";
    this.#reading ??= this.#readWhileWanted();
    await this.#reading;
  }

  async #readWhileWanted(): Promise<void> {
    try {
      while (this.#wanted !== "nothing") {
        const isAll = this.#wanted === "all";
        this.#wanted = "nothing";
        this.panel = await read<CustomerPanel>(this.#path);
        if (isAll) this.#join(await read<CustomerHistory>(`${this.#path}/history?limit=${AT_ONCE}`));
      }
      this.failure = "";
    } catch (failure) {
      this.failure = reason(failure);
    } finally {
      this.#wanted = "nothing";
      this.#reading = null;
    }
  }

  #join(page: CustomerHistory): void {
    const known = new Set(this.history.map(nameOf));
    if (page.activities.some((one) => known.has(nameOf(one)))) {
      const fresh = new Set(page.activities.map(nameOf));
      this.history = [...page.activities, ...this.history.filter((one) => !fresh.has(nameOf(one)))];
      return;
    }
    this.history = page.activities;
    this.#before = page.before;
  }

  /** Read what happened before. */
  async older(): Promise<void> {
    if (this.#before === null || this.isReadingOlder) return;
    this.isReadingOlder = true;
    try {
      const before = encodeURIComponent(this.#before);
      const page = await read<CustomerHistory>(`${this.#path}/history?limit=${AT_ONCE}&before=${before}`);
      const known = new Set(this.history.map(nameOf));
      this.history = [...this.history, ...page.activities.filter((one) => !known.has(nameOf(one)))];
      this.#before = page.before;
      this.failure = "";
    } catch (failure) {
      this.failure = reason(failure);
    } finally {
      this.isReadingOlder = false;
    }
  }
}

/** Tell one activity from all others. */
export function nameOf({ kind, event_key }: CustomerActivity): string {
  return `${kind}/${event_key}`;
}
