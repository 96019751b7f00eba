/** Something that has failed, and is tried again: soon at first, then ever more seldom. */

const AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** How long to wait after so many failures, in milliseconds. */
export function pause(n: number): number {
  return AFTER_MS[Math.min(n, AFTER_MS.length - 1)] ?? 0;
}

export class Again {
  readonly #attempt: () => Promise<void>;
  #n = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(attempt: () => Promise<void>) {
    this.#attempt = attempt;
  }

  /** Try again by and by. */
  later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#attempt(), pause(this.#n++));
  }

  /** It has succeeded, or is not wanted any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#n = 0;
  }
}
