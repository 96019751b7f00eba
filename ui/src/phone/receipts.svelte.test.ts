/** Marks that are sent by themselves. */
import { expect, test } from "vitest";
import { Receipts } from "./receipts.svelte";

test("nothing is told until it is switched on, which is remembered", () => {
  const receipts = new Receipts();
  expect(receipts.tellsOfTyping(0)).toBe(false);
  expect(receipts.tellsOfReading("1")).toBe(false);
  receipts.toggle();
  expect(new Receipts().isOn).toBe(true);
  receipts.toggle();
  expect(new Receipts().isOn).toBe(false);
});

test("it is remembered for each page, and may be on where nobody has switched it", () => {
  const stage = new Receipts("stage", "on");
  expect(stage.isOn).toBe(true);
  stage.toggle();
  expect(new Receipts("stage", "on").isOn).toBe(false);
  new Receipts().toggle();
  expect(new Receipts("stage", "on").isOn).toBe(false);
  expect(new Receipts().isOn).toBe(true);
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
