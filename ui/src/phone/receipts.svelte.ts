/** Whether the account is told, as X's own apps do, that its customer types and has read. */

/** Marks are repeated while somebody types, since each one stays for three seconds. */
const AGAIN_AFTER_MS = 3_000;

/** Sends marks by itself, where that is switched on. */
export class Receipts {
  readonly #key: string;
  isOn = $state(false);
  #typedAt = -Infinity;
  #read = "";

  /**
   * @param page What this browser remembers the switch by.
   * @param usual Where nobody has switched it. Off beside the log, since each mark is a delivery.
   */
  constructor(page = "phone", usual: "on" | "off" = "off") {
    this.#key = `roost.${page}.receipts`;
    this.isOn = (localStorage.getItem(this.#key) ?? usual) === "on";
  }

  /** Switch it, for this browser. */
  toggle(): void {
    this.isOn = !this.isOn;
    localStorage.setItem(this.#key, this.isOn ? "on" : "off");
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
