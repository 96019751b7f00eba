/** Who is logged in. */
import { RequestFailed } from "../shared/http";
import { begin, change, read, remove } from "./api";
import type { Invitation, Me } from "./wire";

export class Session {
  me = $state<Me | null>(null);
  /** Whether it is known yet who is logged in. */
  isKnown = $state(false);
  /** Whether somebody was logged in, and is not any more. */
  hasEnded = $state(false);

  /** Find out who is logged in. */
  async look(): Promise<void> {
    try {
      this.#enter(await read<Me>("/api/session"));
    } catch (failure) {
      if (!(failure instanceof RequestFailed) || failure.status !== 401) throw failure;
    } finally {
      this.isKnown = true;
    }
  }

  /** Log in. Throws `RequestFailed`. */
  async logIn(login: string, password: string): Promise<void> {
    this.#enter(await change<Me>("/api/session", { login, password }));
  }

  /** Ask what a link is good for. Throws `RequestFailed`. */
  async lookAtLink(token: string): Promise<Invitation> {
    return change<Invitation>("/api/session/link", { token });
  }

  /** Enter by a link. Throws `RequestFailed`. */
  async enter(token: string): Promise<void> {
    this.#enter(await change<Me>("/api/session/enter", { token }));
  }

  /** Choose a password, and enter. Throws `RequestFailed`. */
  async choose(token: string, password: string): Promise<void> {
    this.#enter(await change<Me>("/api/session/password", { token, password }));
  }

  /** Log out. */
  async logOut(): Promise<void> {
    await remove("/api/session");
    this.me = null;
  }

  /** The server has let go of us; what the page asks for as it goes says so once more. */
  end(): void {
    if (this.me === null) return;
    this.hasEnded = true;
    this.me = null;
  }

  #enter(me: Me): void {
    begin(me.csrf, () => this.end());
    this.me = me;
    this.isKnown = true;
    this.hasEnded = false;
  }
}
