/** Replies on their way to the application: each under one key, until an answer says what became of it. */
import { RequestFailed } from "../shared/http";
import { pause } from "./again";
import { change, isNewer, isRefused, reason, remove } from "./api";
import type { Written } from "./composing.svelte";
import { t } from "./texts";
import type { Attachment } from "./wire";

/** What is older when the page is loaded anew is not sent unless its writer says so again. */
const FRESH_MS = 10 * 60_000;

/** A reply that the application has not taken, as far as is known. */
export interface Unsent extends Written {
  attachment: Attachment;
  key: string;
  at: string;
  /** Why it was not taken; empty while it is being handed over for the first time. */
  failure: string;
  /** The same, where the application said it. */
  refusal: string;
  /** Whether no answer came, so that it may have been taken. */
  isUnanswered: boolean;
  /** Position of the last message its writer had seen; empty once they do not mind newer ones. */
  after: string;
  /** Whether it was held back because of newer ones. */
  isHeld: boolean;
  /** The messages there were when it was written; it is none of them. */
  known: string[];
}

/** What became of a reply. */
export type Fate = "taken" | "refused" | "unanswered";

/** One person's replies that were not taken yet, whatever page of the desk is shown; kept by the browser. */
export class Unsents {
  readonly #place: string;
  readonly #all = new Map<string, Handing>();

  constructor(me: string) {
    this.#place = `roost-unsent-${me}`;
    for (const [name, list] of Object.entries(this.#read())) this.#all.set(name, new Handing(name, this, list));
  }

  /** Those of one conversation. */
  of(name: string): Handing {
    const found = this.#all.get(name) ?? new Handing(name, this, []);
    this.#all.set(name, found);
    return found;
  }

  /** Go on with what was under way when the page was left; ends with the function given back. */
  follow(): () => void {
    for (const one of this.#all.values()) one.resume();
    return () => this.#all.forEach((one) => one.rest());
  }

  /** Have the browser keep those of one conversation. */
  keep(name: string, list: readonly Unsent[]): void {
    const { [name]: _, ...others } = this.#read();
    const all = list.length === 0 ? others : { ...others, [name]: list };
    if (Object.keys(all).length === 0) localStorage.removeItem(this.#place);
    else localStorage.setItem(this.#place, JSON.stringify(all));
  }

  #read(): Record<string, Unsent[]> {
    return JSON.parse(localStorage.getItem(this.#place) ?? "{}") as Record<string, Unsent[]>;
  }
}

/** Those of one conversation. */
export class Handing {
  list = $state<Unsent[]>([]);
  /** Called when one was taken, before it leaves the list. */
  ontaken: () => Promise<void> = () => Promise.resolve();
  readonly #path: string;
  readonly #name: string;
  readonly #all: Unsents;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #under = new Map<string, Promise<Fate>>();

  constructor(name: string, all: Unsents, list: Unsent[]) {
    this.#name = name;
    this.#all = all;
    this.#path = `/api/conversations/${name.split("/").map(encodeURIComponent).join("/")}/replies`;
    // The page was left before an answer could come.
    this.list = list.map((one) => (one.failure === "" ? { ...one, isUnanswered: true, failure: t.state.left } : one));
  }

  find(key: string): Unsent | undefined {
    return this.list.find((one) => one.key === key);
  }

  /** Hand over what nobody has handed over yet. */
  async add(one: Unsent): Promise<Fate> {
    this.list.push(one);
    this.#keep();
    return this.hand(one.key);
  }

  /** Hand over, as often as it takes, under the same key: it is never sent twice.
   *
   * @param n How often it was asked for again by itself.
   */
  async hand(key: string, n = 0): Promise<Fate> {
    const under = this.#under.get(key) ?? this.#hand(key, n);
    this.#under.set(key, under);
    try {
      return await under;
    } finally {
      this.#under.delete(key);
    }
  }

  /** Make sure that it was not taken, and never will be; tells whether that is so. Throws `RequestFailed`. */
  async withdraw(key: string): Promise<boolean> {
    clearTimeout(this.#timers.get(key));
    if (this.find(key)?.isUnanswered !== true) return true;
    try {
      await remove(`${this.#path}/${encodeURIComponent(key)}`);
    } catch (failure) {
      if (failure instanceof RequestFailed && failure.status === 409) return false;
      this.#again(key, 0);
      throw failure;
    }
    return true;
  }

  /** Forget one. */
  drop(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.list = this.list.filter((one) => one.key !== key);
    this.#keep();
  }

  /** Go on with what nobody knows the end of. */
  resume(): void {
    for (const one of this.list) {
      if (one.isUnanswered && Date.now() - Date.parse(one.at) < FRESH_MS) this.#again(one.key, 0);
    }
  }

  /** Ask for nothing more by itself. */
  rest(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
  }

  async #hand(key: string, n: number): Promise<Fate> {
    clearTimeout(this.#timers.get(key));
    const one = this.find(key);
    if (one === undefined) return "refused";
    if (n === 0) one.failure = "";
    const { text, quick_replies, buttons, media_id, speak } = one;
    const after = one.after === "" ? {} : { after: one.after };
    const body = { text, quick_replies, buttons, media_id, speak, ...after, may_undo: true };
    try {
      await change(this.#path, body, key);
    } catch (failure) {
      this.#fail(one, failure, n);
      return one.isUnanswered ? "unanswered" : "refused";
    }
    await this.ontaken();
    this.drop(key);
    return "taken";
  }

  #fail(one: Unsent, failure: unknown, n: number): void {
    // Whoever is logged out goes on when they are back.
    const isOut = failure instanceof RequestFailed && failure.status === 401;
    const isRefusal = isRefused(failure) && !isOut;
    one.isHeld = isNewer(failure);
    one.isUnanswered = !isRefusal;
    one.refusal = isRefusal ? reason(failure) : "";
    if (one.isHeld) one.failure = t.state.newer;
    else one.failure = isRefusal ? t.state.unsent(reason(failure)) : t.state.unanswered(reason(failure));
    this.#keep();
    if (one.isUnanswered && !isOut) this.#again(one.key, n);
  }

  #again(key: string, n: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => void this.hand(key, n + 1), pause(n)));
  }

  #keep(): void {
    this.#all.keep(this.#name, this.list);
  }
}
