/** Marks that are sent by themselves. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Receipts } from "./receipts.svelte";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("nothing is told until it is switched on, which is remembered", () => {
  const receipts = new Receipts();
  expect(receipts.tellsOfTyping(0)).toBe(false);
  expect(receipts.tellsOfReading("1")).toBe(false);
  receipts.toggle();
  expect(new Receipts().isOn).toBe(true);
  receipts.toggle();
  expect(new Receipts().isOn).toBe(false);
});

test("typing is told of every three seconds, reading once for each message", () => {
  const receipts = new Receipts();
  receipts.toggle();
  expect([0, 100, 2_999, 3_000, 3_001].map((at) => receipts.tellsOfTyping(at))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(["1", "1", "2"].map((id) => receipts.tellsOfReading(id))).toEqual([true, false, true]);
});
