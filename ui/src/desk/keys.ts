/** Single keys, and two in a row such as `g` then `m`. */

const TOGETHER_MS = 1_200;

/** Tell whether keys go into a text. */
export function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** Joins a `g` with the key that follows it soon. */
export class Sequence {
  #at = -Infinity;

  /** Name what was pressed: `j`, `?`, or `g m`. */
  press(key: string, at: number): string {
    const plain = key.length === 1 ? key.toLowerCase() : key;
    if (at - this.#at < TOGETHER_MS) {
      this.#at = -Infinity;
      return `g ${plain}`;
    }
    if (plain === "g") this.#at = at;
    return plain;
  }
}
