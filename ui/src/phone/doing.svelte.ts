/** What people on this X do besides writing messages, and whether X let them. */
import { post, reasonOf } from "../shared/http";
import type { Deed } from "./actions";
import type { ActionAnswer } from "./wire";

/** Does one thing after the other and keeps what came of the latest. */
export class Doing {
  /** What was done last, in words; `""` where nothing was, or it failed. */
  done = $state("");
  /** Why the last thing was not done, `""` if it was. */
  failure = $state("");

  /** Let a user do something; gives whether X let them.
   *
   * @param words What will have been done, for people. `""` says nothing.
   */
  async act(userId: string, deed: Deed, words = ""): Promise<boolean> {
    return this.attempt(async () => {
      await post<ActionAnswer>(`/_sim/users/${encodeURIComponent(userId)}/actions`, deed);
    }, words);
  }

  /** Do something, and keep what came of it. */
  async attempt(work: () => Promise<void>, words = ""): Promise<boolean> {
    this.done = "";
    this.failure = "";
    try {
      await work();
      this.done = words;
      return true;
    } catch (failure) {
      this.failure = reasonOf(failure);
      return false;
    }
  }

  /** Say that something cannot be done here. */
  refuse(why: string): void {
    this.done = "";
    this.failure = why;
  }

  /** Take the words away. */
  dismiss(): void {
    this.done = "";
    this.failure = "";
  }
}
