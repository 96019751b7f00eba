/** What was written before the draft of before was known: nothing of either is lost. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Composing } from "./composing.svelte";

const HERE = "/api/conversations/1001/1001-2002";

let kept: object[];
let arrive: (draft: object) => void;

beforeEach(() => {
  vi.useFakeTimers();
  kept = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    if (path === `${HERE}/draft`) {
      kept.push(JSON.parse(String(init.body)) as object);
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    return new Promise((go) => {
      arrive = (draft) => go(new Response(JSON.stringify({ draft, limits: {}, speaker: {} }), { status: 200 }));
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const BEFORE = { text: "half a reply", note: "", quick_replies: [], buttons: [], speak: "person" };

test("a note that is begun before a half reply is there keeps it", async () => {
  const composing = new Composing(HERE, "1001");
  const opening = composing.refresh();
  composing.note = "ask the wareh";
  arrive(BEFORE);
  await opening;
  await vi.advanceTimersByTimeAsync(1_000);

  expect([composing.text, composing.note]).toEqual(["half a reply", "ask the wareh"]);
  expect(kept).toEqual([{ ...BEFORE, note: "ask the wareh" }]);
});

test("what is left before it is there is kept at once when it is", async () => {
  const composing = new Composing(HERE, "1001");
  const opening = composing.refresh();
  composing.note = "ask the wareh";
  composing.close();
  arrive(BEFORE);
  await opening;

  expect(kept).toEqual([{ ...BEFORE, note: "ask the wareh" }]);
});

test("what nobody has written over is as it was", async () => {
  const composing = new Composing(HERE, "1001");
  const opening = composing.refresh();
  arrive(BEFORE);
  await opening;
  await vi.advanceTimersByTimeAsync(1_000);

  expect(composing.text).toBe("half a reply");
  expect(kept).toEqual([]);
});
