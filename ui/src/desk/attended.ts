/** Whether somebody is at the page: what it asks for by itself keeps nobody logged in. */

/** For so long after they last did something, what is asked for is asked for by them. */
const ATTENDED_MS = 60_000;
const DOINGS = ["pointerdown", "keydown", "wheel", "touchmove", "input", "focus"] as const;

/** Whoever opens a page is there. */
let doneAt = Date.now();

/** Notice from now on what is done at the page; ends with the function given back. */
export function attend(): () => void {
  const ondone = (): void => {
    doneAt = Date.now();
  };
  const how = { capture: true, passive: true };
  for (const doing of DOINGS) addEventListener(doing, ondone, how);
  return () => {
    for (const doing of DOINGS) removeEventListener(doing, ondone, how);
  };
}

/** Give the header that says so, for a request that is made now. */
export function byWhom(): Record<string, string> {
  return Date.now() - doneAt < ATTENDED_MS ? { "x-roost-by": "person" } : {};
}
