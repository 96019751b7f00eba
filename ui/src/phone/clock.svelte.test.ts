/** The simulator's clock, as the page keeps it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Clock } from "./clock.svelte";

const calls: [string, unknown][] = [];
let answer: () => Response;

beforeEach(() => {
  calls.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    calls.push([path, typeof init.body === "string" ? JSON.parse(init.body) : undefined]);
    return answer();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function answers(now: number, is_frozen: boolean): void {
  answer = () => Response.json({ n: 1, now: String(now), is_frozen });
}

test("a clock that runs goes on by itself, and what shows it follows", async () => {
  answers(1_000_000, false);
  const clock = new Clock();
  await clock.load();
  const stop = clock.start();
  vi.advanceTimersByTime(2_000);
  expect([clock.now(), clock.shown]).toEqual([1_002_000, 1_002_000]);
  stop();
  vi.advanceTimersByTime(2_000);
  expect([clock.now(), clock.shown]).toEqual([1_004_000, 1_002_000]);
});

test("a frozen clock stands still and can be told to run", async () => {
  answers(1_000_000, true);
  const clock = new Clock();
  await clock.load();
  vi.advanceTimersByTime(60_000);
  expect(clock.now()).toBe(1_000_000);
  answers(1_000_000, false);
  await clock.toggle();
  expect(calls.at(-1)).toEqual(["/_sim/clock", { action: "run" }]);
  expect(clock.isFrozen).toBe(false);
});

test("advancing asks for seconds and shows what the simulator says", async () => {
  answers(86_400_000, true);
  const clock = new Clock();
  await clock.advance(86_400);
  expect(calls).toEqual([["/_sim/clock", { action: "advance", seconds: 86_400 }]]);
  expect(clock.now()).toBe(86_400_000);
});

test("a refusal is said, and the clock can be moved again", async () => {
  answer = () => new Response("", { status: 404 });
  const clock = new Clock();
  await clock.advance(1);
  expect(clock.failure).toBe("The simulator has no /_sim/clock.");
  expect(clock.isBusy).toBe(false);
});

test("an event far from our time shows that somebody moved the clock", async () => {
  answers(1_000_000, false);
  const clock = new Clock();
  await clock.load();
  expect(clock.isApartFrom(1_003_000)).toBe(false);
  expect(clock.isApartFrom(1_300_000)).toBe(true);
});
