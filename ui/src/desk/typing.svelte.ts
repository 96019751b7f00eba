/** Which customers are writing just now. */
import { SvelteSet } from "svelte/reactivity";

/** X tells of typing about every three seconds, for as long as it goes on. */
const LASTS_MS = 5_000;

/** Conversations whose customer types, each until nothing was heard of it for a while. */
export class Typing {
  readonly names = new SvelteSet<string>();
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>();

  /** Somebody types in a conversation. */
  begin(name: string): void {
    clearTimeout(this.#ends.get(name));
    this.#ends.set(name, setTimeout(() => this.end(name), LASTS_MS));
    this.names.add(name);
  }

  /** Nobody does any more: what was typed has come. */
  end(name: string): void {
    clearTimeout(this.#ends.get(name));
    this.#ends.delete(name);
    this.names.delete(name);
  }
}
