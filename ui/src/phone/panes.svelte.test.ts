/** Panes that keep the size people gave them. */
import { expect, test } from "vitest";
import { Share } from "./panes.svelte";

const share = (): Share => new Share("test", 50, [20, 80]);

test("a share is as usual until somebody changes it, and then as they left it", () => {
  const first = share();
  expect(first.now).toBe(50);
  first.set(33.33);
  expect(share().now).toBe(33.3);
});

test.each([
  [-10, 20],
  [1000, 80],
])("%s is brought within the bounds", (wanted, found) => {
  const one = share();
  one.set(wanted);
  expect(one.now).toBe(found);
});

test("what is kept and cannot be is as usual, or brought within the bounds", () => {
  localStorage.setItem("roost.phone.pane.test", "wide");
  expect(share().now).toBe(50);
  localStorage.setItem("roost.phone.pane.test", "99");
  expect(share().now).toBe(80);
});

test("put back, it is as usual again and stays so", () => {
  const one = share();
  one.set(70);
  one.reset();
  expect([one.now, share().now]).toEqual([50, 50]);
});
