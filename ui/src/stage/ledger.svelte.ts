/** The simulator's ledger, read as it grows. */
import { getText, reasonOf } from "../shared/http";
import { follow } from "../shared/live";
import { readLines } from "./tour";
import type { Line } from "./tour";

/** Whatever of the stream may have left a line. */
const SIGNS = ["message", "delivery", "request", "opened", "read", "liked", "application", "reset", "resync"];
const KEPT = 5_000;
const BEGUN_KEY = "roost.stage.tour-begun-after";

/** The latest lines of this world, and from where on they count for the tour: from when this tab of
 * the browser first showed it, or began it anew. */
export class Ledger {
  lines = $state.raw<Line[]>([]);
  /** The number of the last line before the tour began. */
  begunAfter = $state(Number(sessionStorage.getItem(BEGUN_KEY) ?? 0));
  failure = $state("");
  #isNew = sessionStorage.getItem(BEGUN_KEY) === null;
  #last = 0;
  #isReading = false;
  #isWanted = false;

  /** Begin to follow; the function given back ends it. */
  start(): () => void {
    const look = (): void => void this.#read();
    // At once, before anybody can do anything: what was done by then was not done on this tour.
    look();
    return follow<Record<string, unknown>>("/_sim/live", {
      on: Object.fromEntries(SIGNS.map((name) => [name, look])),
      onopen: (isFirst) => {
        // It may be another simulator by now, whose lines are numbered anew.
        if (!isFirst) this.#last = 0;
        look();
      },
      onlost: () => undefined,
    });
  }

  /** Let the tour begin anew: what has been done so far does not count. */
  begin(): void {
    this.#beginAfter(this.#last);
  }

  #beginAfter(n: number): void {
    this.begunAfter = n;
    sessionStorage.setItem(BEGUN_KEY, String(n));
  }

  async #read(): Promise<void> {
    this.#isWanted = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        const after = this.#last;
        this.#take(after, readLines(await getText(`/_sim/ledger?after=${after}`)));
      }
      this.failure = "";
    } catch (failure) {
      this.failure = reasonOf(failure);
    } finally {
      this.#isReading = false;
    }
  }

  #take(after: number, found: Line[]): void {
    if (this.#last !== after) return void (this.#isWanted = true);
    this.#last = found.at(-1)?.n ?? after;
    if (this.#isNew) this.#beginAfter(this.#last);
    else if (this.begunAfter > this.#last) this.#beginAfter(0);
    this.#isNew = false;
    const all = after === 0 ? found : [...this.lines, ...found];
    const reset = all.findLastIndex((line) => line.kind === "reset");
    this.lines = all.slice(Math.max(reset + 1, all.length - KEPT));
  }
}
