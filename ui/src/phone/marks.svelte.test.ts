/** Typing and read marks from the other side. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Marks } from "./marks.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a mark of typing goes away after three seconds unless it is repeated", () => {
  const marks = new Marks();
  marks.typing();
  vi.advanceTimersByTime(2_900);
  marks.typing();
  vi.advanceTimersByTime(2_900);
  expect(marks.isTyping).toBe(true);
  vi.advanceTimersByTime(100);
  expect(marks.isTyping).toBe(false);
});

test("what was being typed ends the mark", () => {
  const marks = new Marks();
  marks.typing();
  marks.stopTyping();
  expect(marks.isTyping).toBe(false);
});

test("read marks never go back, whatever order they come in", () => {
  const marks = new Marks();
  marks.read("1001");
  marks.read("999");
  expect(marks.readUpTo).toBe("1001");
});
