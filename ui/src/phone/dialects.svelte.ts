/** In which dialect of X's messages the phone shows what arrives; remembered by this browser. */
import type { Dialect } from "./rendered";

/** Every dialect, and what it carries. */
export const DIALECTS: readonly (readonly [Dialect, string])[] = [
  ["v1", "X v1.1: everything"],
  ["plain", "X v2: text and media"],
];

const KEY = "roost.phone.dialect";

/** The dialect that was chosen: v1.1, until somebody chooses another. */
export class ChosenDialect {
  now = $state<Dialect>("v1");

  constructor() {
    const kept = localStorage.getItem(KEY);
    this.now = DIALECTS.find(([name]) => name === kept)?.[0] ?? "v1";
  }

  /** Show messages in it from now on. */
  set(dialect: Dialect): void {
    this.now = dialect;
    localStorage.setItem(KEY, dialect);
  }
}
