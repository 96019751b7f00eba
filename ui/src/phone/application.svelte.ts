/** The application behind the account: whether it runs, what is wrong with it, how to kill it. */
import { get, post, reasonOf } from "../shared/http";
import type { ApplicationAnswer, ApplicationStatus, Notice } from "./wire";

/** What the simulator knows of the application it started. */
export class Application {
  status = $state.raw<ApplicationStatus>({ state: "absent", text: "", url: "" });
  notices = $state.raw<Notice[]>([]);
  /** Whether it was told to die and its end has not been reported. */
  isDying = $state(false);
  failure = $state("");

  readonly words = $derived(this.isDying ? "killing the application…" : wordsOf(this.status));

  /** Read state and notices anew. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const { notices, ...status } = await get<ApplicationAnswer>("/_sim/application");
    this.notices = notices;
    this.change(status);
  }

  /** Take in a change of state. */
  change(status: ApplicationStatus): void {
    this.status = status;
    this.isDying = false;
  }

  /** Show a notice, in place of an older one of the same id. */
  notify(notice: Notice): void {
    this.notices = [...this.notices.filter((each) => each.id !== notice.id), notice];
  }

  /** Take a notice away. */
  clear(id: string): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** End the application the hard way; whoever started it starts it again. */
  async kill(): Promise<void> {
    this.failure = "";
    this.isDying = true;
    try {
      await post<undefined>("/_sim/application", { action: "kill" });
    } catch (failure) {
      this.isDying = false;
      this.failure = reasonOf(failure);
    }
  }
}

function wordsOf({ state, text }: ApplicationStatus): string {
  return text === "" ? `application ${state}` : text;
}
