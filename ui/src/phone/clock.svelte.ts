/** The simulator's clock, which may be ahead of this browser's or stand still. */
import { get, post, reasonOf } from "../shared/http";

/** What `/_sim/clock` says; `now` is milliseconds since 1970. */
export interface ClockState {
  n: number;
  now: string;
  is_frozen: boolean;
}

type Change = { action: "freeze" | "run" } | { action: "advance"; seconds: number };

const TICK_MS = 250;
const APART_MS = 5_000;

/** Tells the simulator's time without asking each time, and moves it. */
export class Clock {
  isFrozen = $state(false);
  isBusy = $state(false);
  /** Why the clock did not do what it was told, `""` if it did. */
  failure = $state("");
  #base = $state(Date.now());
  #baseAt = $state(performance.now());
  #beat = $state(performance.now());
  #isLoading = false;

  /** For showing: like `now()`, and kept up to date while `start` is in force. */
  readonly shown = $derived(this.#at(this.#beat));

  /** Milliseconds since 1970. */
  now(): number {
    return this.#at(performance.now());
  }

  /** Read it anew. Throws `RequestFailed`. */
  async load(): Promise<void> {
    this.#isLoading = true;
    try {
      this.#set(await get<ClockState>("/_sim/clock"));
    } finally {
      this.#isLoading = false;
    }
  }

  /** Move it forward; `seconds` of the simulator's time. */
  advance(seconds: number): Promise<void> {
    return this.#change({ action: "advance", seconds });
  }

  /** Stop it, or let it run. */
  toggle(): Promise<void> {
    return this.#change({ action: this.isFrozen ? "run" : "freeze" });
  }

  /** Take in that somebody has moved it. */
  take(state: ClockState): void {
    this.#set(state);
  }

  /** Tell whether something that just happened at `at` shows that somebody else moved the clock. */
  isApartFrom(at: number): boolean {
    return !this.#isLoading && Math.abs(at - this.now()) > APART_MS;
  }

  /** Keep `shown` up to date until the function given back is called. */
  start(): () => void {
    const timer = setInterval(() => (this.#beat = performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }

  async #change(change: Change): Promise<void> {
    this.isBusy = true;
    this.failure = "";
    try {
      this.#set(await post<ClockState>("/_sim/clock", change));
    } catch (failure) {
      this.failure = reasonOf(failure);
    } finally {
      this.isBusy = false;
    }
  }

  #set({ now, is_frozen }: ClockState): void {
    this.isFrozen = is_frozen;
    this.#base = Number(now);
    this.#baseAt = performance.now();
    this.#beat = this.#baseAt;
  }

  #at(moment: number): number {
    return this.isFrozen ? this.#base : this.#base + Math.max(0, moment - this.#baseAt);
  }
}
