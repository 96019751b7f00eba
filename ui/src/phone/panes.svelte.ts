/** How wide and high the panes are, as people have dragged them; remembered by this browser. */

/** A pane's share of the room there is, in percent. */
export class Share {
  readonly #key: string;
  readonly least: number;
  readonly most: number;
  now = $state(0);

  /**
   * @param name What it is of; what it is remembered by.
   * @param usual Where nobody has dragged it.
   * @param bounds The least and the most it can be.
   */
  constructor(name: string, usual: number, bounds: readonly [number, number]) {
    this.#key = `roost.phone.pane.${name}`;
    [this.least, this.most] = bounds;
    const kept = Number(localStorage.getItem(this.#key) ?? NaN);
    this.now = Number.isFinite(kept) ? this.#within(kept) : usual;
    this.usual = usual;
  }

  readonly usual: number;

  /** Make it larger or smaller, within its bounds, and remember that. */
  set(percent: number): void {
    this.now = this.#within(percent);
    localStorage.setItem(this.#key, String(this.now));
  }

  /** Take it to where it is when nobody has dragged it. */
  reset(): void {
    this.now = this.usual;
    localStorage.removeItem(this.#key);
  }

  #within(percent: number): number {
    return Math.round(Math.min(this.most, Math.max(this.least, percent)) * 10) / 10;
  }
}
