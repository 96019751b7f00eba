/** What a page does when somebody asks for it: whether it is under way, and why it failed. */
import { reason } from "./api";

export class Doing {
  /** Whether something is under way; also before what the page shows has been read. */
  isBusy = $state(false);
  /** Why the last attempt failed; empty where it did not. */
  failure = $state("");
  readonly #read: (() => Promise<void>) | undefined;

  /** @param read Reads what the page shows: anew after every attempt, whatever came of that. */
  constructor(read?: () => Promise<void>) {
    this.#read = read;
    this.isBusy = read !== undefined;
  }

  /** Do something; what fails is said, and of two failures the first. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    this.isBusy = true;
    this.failure = "";
    try {
      await this.#try(work);
      if (this.#read !== undefined) await this.#try(this.#read);
    } finally {
      this.isBusy = false;
    }
  }

  /** Read what the page shows. */
  async look(): Promise<void> {
    await this.attempt(() => Promise.resolve());
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      this.failure ||= reason(cause);
    }
  }
}
