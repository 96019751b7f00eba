/** Whether the account is told, as X's own apps do, that its customer types and has read. */

/** Marks are repeated while somebody types, since each one stays for three seconds. */
const AGAIN_AFTER_MS = 3_000;
const KEY = "roost.phone.receipts";

/** Sends marks by itself, where that is switched on. Off at first: each mark is a delivery. */
export class Receipts {
  isOn = $state(localStorage.getItem(KEY) === "on");
  #typedAt = -Infinity;
  #read = "";

  /** Switch it, for this browser. */
  toggle(): void {
    this.isOn = !this.isOn;
    localStorage.setItem(KEY, this.isOn ? "on" : "off");
  }

  /** Whether a key that was just pressed, at `at` milliseconds, is to be told of. */
  tellsOfTyping(at: number): boolean {
    if (!this.isOn || at - this.#typedAt < AGAIN_AFTER_MS) return false;
    this.#typedAt = at;
    return true;
  }

  /** Whether a message now on the screen is to be told of: each once. */
  tellsOfReading(messageId: string): boolean {
    if (!this.isOn || messageId === this.#read) return false;
    this.#read = messageId;
    return true;
  }
}
