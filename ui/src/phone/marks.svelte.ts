/** What the other side lets a customer see: that it types, and how far it has read. */
import { compareIds } from "./timeline";

/** How long a mark of typing stays, as in X's own apps.
 *
 * Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/typing-indicator-and-read-receipts/overview (archived)
 */
const TYPING_MS = 3_000;

/** Typing and read marks of one conversation's account. */
export class Marks {
  isTyping = $state(false);
  /** The newest message that was read; `""` where none was. */
  readUpTo = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The account types; the mark goes away by itself. */
  typing(): void {
    this.isTyping = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stopTyping(), TYPING_MS);
  }

  /** What was being typed is there. */
  stopTyping(): void {
    clearTimeout(this.#timer);
    this.isTyping = false;
  }

  /** The account has read up to a message; marks never go back. */
  read(lastReadId: string): void {
    if (compareIds(lastReadId, this.readUpTo) > 0) this.readUpTo = lastReadId;
  }
}
