/** What is handed over: asked for again under one key until somebody says what became of it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unsents, type Unsent } from "./handing.svelte";

const NAME = "1001/1001-2002";
const HERE = "/api/conversations/1001/1001-2002/replies";

interface Asked {
  method: string;
  path: string;
  key: string | undefined;
}

let asked: Asked[];
/** What becomes of each request: a status, or `null` where no answer comes. */
let answers: (number | null)[];

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers] = [[], []];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    asked.push({ method: init.method ?? "GET", path, key: headers["idempotency-key"] });
    const status = answers.shift() ?? null;
    if (status === null) return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(new Response(status === 204 ? null : '{"code":"x","message":"No."}', { status }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function one(key: string, at = Date.now()): Unsent {
  const written = { text: "hello", quick_replies: [], buttons: [], media_id: "", speak: "person" as const };
  const state = { failure: "", refusal: "", isUnanswered: false, isHeld: false };
  return { ...written, ...state, attachment: "", key, at: new Date(at).toISOString(), after: "", known: [] };
}

test("where no answer comes it is asked for again by itself, under the same key, until one does", async () => {
  answers = [null, 503, null, 202];
  const handing = new Unsents("p-sam").of(NAME);
  const ontaken = vi.fn(() => Promise.resolve());
  handing.ontaken = ontaken;

  expect(await handing.add(one("k1"))).toBe("unanswered");
  expect(handing.list[0]?.failure).toContain("Not known");
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);

  expect(asked).toEqual(Array(4).fill({ method: "POST", path: HERE, key: "k1" }));
  expect([handing.list.length, ontaken.mock.calls.length]).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(asked).toHaveLength(4);
});

test("nothing else becomes of it before it is known not to be taken", async () => {
  answers = [null, 409, null, 204];
  const handing = new Unsents("p-sam").of(NAME);
  await handing.add(one("k1"));

  expect(await handing.withdraw("k1")).toBe(false);
  await expect(handing.withdraw("k1")).rejects.toThrow("cannot be reached");
  expect(await handing.withdraw("k1")).toBe(true);

  expect(asked.slice(1)).toEqual(Array(3).fill({ method: "DELETE", path: `${HERE}/k1`, key: undefined }));
});

test("what the application has refused is asked for no more, and can be changed at once", async () => {
  answers = [422];
  const handing = new Unsents("p-sam").of(NAME);

  expect(await handing.add(one("k1"))).toBe("refused");
  await vi.advanceTimersByTimeAsync(100_000);

  expect(await handing.withdraw("k1")).toBe(true);
  expect(asked).toHaveLength(1);
});

test("a page that is loaded anew goes on, but not with what is old, nor with another person's", async () => {
  answers = [null, null];
  const before = new Unsents("p-sam");
  void before.of(NAME).add(one("young"));
  void before.of("1001/1001-9").add(one("old", Date.now() - 3_600_000));
  await vi.advanceTimersByTimeAsync(0);
  before.follow()();
  asked = [];
  answers = [202, 202];

  expect(new Unsents("p-robin").of(NAME).list).toEqual([]);
  const after = new Unsents("p-sam");
  const end = after.follow();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(asked.map(({ key }) => key)).toEqual(["young"]);
  expect(after.of(NAME).list).toEqual([]);
  expect(after.of("1001/1001-9").list.map(({ key, isUnanswered }) => [key, isUnanswered])).toEqual([["old", true]]);
  end();
  expect(new Unsents("p-sam").of(NAME).list).toEqual([]);
});
