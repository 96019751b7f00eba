/** How late it is by the application's clock, which the times of conversations are by. */

const EVERY_MS = 15_000;

/** Goes on by itself; what the application says sets it. */
export class Clock {
  now = $state(Date.now());
  /** How much later it is there than here, in milliseconds. */
  #ahead = 0;

  /** Take how late the application says it is: this machine's clock may be wrong, and a demo's is moved. */
  set(now: string): void {
    this.#ahead = Date.parse(now) - Date.now();
    this.#tick();
  }

  /** Go on; ends with the function given back. */
  follow(): () => void {
    const ticking = setInterval(() => this.#tick(), EVERY_MS);
    return () => clearInterval(ticking);
  }

  #tick(): void {
    this.now = Date.now() + this.#ahead;
  }
}
