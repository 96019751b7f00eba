/** Keeps the focus near where it was when what had it goes away: whoever works by keys would
 * otherwise begin again at the top of the page. */

const STOPS = "a[href], button, input, select, textarea, summary, video[controls], [tabindex='0']";

function isOff(one: Element): boolean {
  return one.matches(":disabled");
}

/** Everything that is shown and can have the focus, also what is turned off just now. */
function shownIn(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(STOPS)].filter((one) => one.checkVisibility());
}

/** What the Tab key led to when something got the focus, and what that was in. */
interface Had {
  one: HTMLElement;
  around: readonly Element[];
  before: readonly HTMLElement[];
  known: ReadonlySet<HTMLElement>;
}

function had(one: HTMLElement): Had {
  const around: Element[] = [];
  for (let at = one.parentElement; at !== null; at = at.parentElement) around.push(at);
  const stops = shownIn(document);
  return { one, around, before: stops.slice(0, Math.max(0, stops.indexOf(one))), known: new Set(stops) };
}

/** Give what stands where it was; nothing while all that is there is turned off, as it is while something
 * is done. What is marked with `data-safe` comes before what is new beside it. */
function instead({ around, before, known }: Had): HTMLElement | undefined {
  for (const place of around) {
    if (!place.isConnected) continue;
    const shown = shownIn(place);
    if (shown.length === 0) continue;
    const stops = shown.filter((one) => !isOff(one));
    const safe = stops.find((one) => one.hasAttribute("data-safe") && !known.has(one));
    const n = before.filter((one) => one.isConnected && place.contains(one)).length;
    return safe ?? stops[Math.min(n, stops.length - 1)];
  }
  return undefined;
}

/** Keep it for those who work by keys; ends with the function given back. */
export function keepFocus(): () => void {
  let last: Had | null = null;
  let isByKeys = false;
  const listening = new AbortController();
  const options = { signal: listening.signal, capture: true };

  function keep(): void {
    if (!isByKeys || last === null || document.activeElement !== document.body) return;
    const { one } = last;
    const isThere = one.isConnected && one.checkVisibility();
    if (isThere && isOff(one)) return;
    (isThere ? one : instead(last))?.focus();
  }

  addEventListener("keydown", () => (isByKeys = true), options);
  addEventListener("pointerdown", () => (isByKeys = false), options);
  addEventListener("focusin", ({ target }) => (last = target instanceof HTMLElement ? had(target) : null), options);
  addEventListener(
    "focusout",
    ({ target }) =>
      queueMicrotask(() => {
        // Somebody has left it, and it is still there.
        if (!(target instanceof HTMLElement) || last?.one !== target) return;
        if (target.isConnected && target.checkVisibility() && !isOff(target)) last = null;
      }),
    options,
  );
  const watching = new MutationObserver(keep);
  watching.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
  return () => {
    watching.disconnect();
    listening.abort();
  };
}
