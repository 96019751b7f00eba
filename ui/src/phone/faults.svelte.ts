/** The faults that are on. Rules put by somebody else, say from a terminal, are shown and kept. */
import { get, put, reasonOf, remove } from "../shared/http";
import { SWITCHES, isOf } from "./faults";
import type { FaultRule, StandingFault, Switch } from "./faults";

/** What the simulator answers and announces. */
export interface StandingFaults {
  faults: StandingFault[];
}

const PATH = "/_sim/faults";

/** The simulator's rules, and switching them. */
export class Faults {
  active = $state.raw<StandingFault[]>([]);
  isBusy = $state(false);
  /** Why the last change was not made, `""` if it was. */
  failure = $state("");

  /** Rules no switch stands for. */
  readonly others = $derived(
    this.active.filter(({ rule }) => !SWITCHES.some((each) => isOf(rule, each))),
  );

  /** Read the rules anew. */
  load(): Promise<void> {
    return this.#attempt(() => this.#read());
  }

  /** Take in rules that somebody has put. */
  change({ faults }: StandingFaults): void {
    this.active = faults;
  }

  /** The rule of a switch, while it is on. */
  find(wanted: Switch): StandingFault | undefined {
    return this.active.find(({ rule }) => isOf(rule, wanted));
  }

  /** Turn a switch, after looking what others have put meanwhile. */
  async toggle(wanted: Switch): Promise<void> {
    await this.#change(async () => {
      const isOn = this.find(wanted) !== undefined;
      await this.#read();
      const others = this.active.map(({ rule }) => rule).filter((rule) => !isOf(rule, wanted));
      const faults: FaultRule[] = isOn ? others : [...others, wanted.rule];
      if (wanted.atOnce !== undefined) faults.push(wanted.atOnce);
      await put<StandingFaults>(PATH, { faults });
    });
  }

  /** Take all rules away. */
  async clear(): Promise<void> {
    await this.#change(() => remove(PATH));
  }

  async #change(change: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    await this.#attempt(async () => {
      await change();
      await this.#read();
    });
    this.isBusy = false;
  }

  async #read(): Promise<void> {
    this.change(await get<StandingFaults>(PATH));
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.failure = "";
    try {
      await work();
    } catch (failure) {
      this.failure = reasonOf(failure);
    }
  }
}
