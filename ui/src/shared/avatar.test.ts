/** Initials and colours. */
import { expect, test } from "vitest";
import { initials, tint } from "./avatar";

test.each([
  ["Ada Lovelace", "AL"],
  ["acme", "A"],
  ["Anna Maria von Trapp", "AT"],
  ["🎉 Party (Bus)", "PB"],
  ["ليلى حداد", "لح"],
  ["🎉", "?"],
  ["", "?"],
])("%s is %s", (name, expected) => {
  expect(initials(name)).toBe(expected);
});

test("a colour stays with its id", () => {
  expect(tint("2002")).toBe(tint("2002"));
  expect(new Set(["1001", "1002", "2002", "2003"].map(tint)).size).toBeGreaterThan(1);
});
