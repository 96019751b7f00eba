/** The faults that are on. Rules put by somebody else, say from a terminal, are shown and kept. */
import { get, put, reasonOf, remove } from "../shared/http";
import { SWITCHES, isOf } from "./faults";
import type { FaultRule, Switch } from "./faults";

interface Answer {
  rules: FaultRule[];
}

const PATH = "/_sim/faults";

/** The simulator's rules, and switching them. */
export class Faults {
  active = $state.raw<FaultRule[]>([]);
  isBusy = $state(false);
  /** Why the last change was not made, `""` if it was. */
  failure = $state("");

  /** Rules no switch stands for. */
  readonly others = $derived(
    this.active.filter((rule) => !SWITCHES.some((each) => isOf(rule, each))),
  );

  /** Read the rules anew. */
  load(): Promise<void> {
    return this.#attempt(() => this.#read());
  }

  /** Whether a switch is on. */
  isOn(wanted: Switch): boolean {
    return this.active.some((rule) => isOf(rule, wanted));
  }

  /** Turn a switch, after looking what others have put meanwhile. */
  async toggle(wanted: Switch): Promise<void> {
    await this.#change(async () => {
      const isOn = this.isOn(wanted);
      await this.#read();
      const rest = this.active.filter((rule) => !isOf(rule, wanted));
      await put<Answer>(PATH, { rules: isOn ? rest : [...rest, wanted.rule] });
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
    this.active = (await get<Answer>(PATH)).rules;
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
