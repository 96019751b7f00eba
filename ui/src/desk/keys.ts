/** Single keys, and two in a row such as `g` then `m`. */

const TOGETHER_MS = 1_200;
const KEY = "roost.desk.keys";

/** What of a pressed key counts. */
export interface Pressed {
  key: string;
  shiftKey: boolean;
  timeStamp: number;
}

/** Tell whether keys go into a text. */
export function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** Joins a `g` with the key that follows it soon. */
export class Sequence {
  #at = -Infinity;

  /** Name what was pressed: `j`, `?`, `shift+e` or `g m`. */
  press({ key, shiftKey, timeStamp }: Pressed): string {
    const plain = key.length === 1 ? key.toLowerCase() : key;
    if (timeStamp - this.#at < TOGETHER_MS) {
      this.#at = -Infinity;
      return `g ${plain}`;
    }
    // With Caps Lock a letter is large, too, but nobody meant it to be.
    const isShifted = shiftKey && /^[a-z]$/.test(plain);
    if (plain === "g" && !isShifted) this.#at = timeStamp;
    return isShifted ? `shift+${plain}` : plain;
  }
}

/** Write the name of a key as it is printed: `Shift+E`, `G then M`. */
export function printed(key: string): string {
  return key
    .replace(/^g (.)$/, (_, then: string) => `G then ${then.toUpperCase()}`)
    .replace(/^shift\+(.)$/, (_, letter: string) => `Shift+${letter.toUpperCase()}`)
    .replace(/^Arrow/, "")
    .replace(/^[a-z]$/, (letter) => letter.toUpperCase())
    .replace(/^Down$/, "↓")
    .replace(/^Up$/, "↑");
}

/** Whether single keys do anything, as this browser keeps it. Keys with Ctrl always do. */
export function areKeysOn(): boolean {
  return localStorage.getItem(KEY) !== "off";
}

/** Keep whether single keys do anything. */
export function keepKeys(isOn: boolean): void {
  localStorage.setItem(KEY, isOn ? "on" : "off");
}
