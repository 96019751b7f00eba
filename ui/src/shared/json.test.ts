/** Coloured JSON. */
import { expect, test } from "vitest";
import { pieces } from "./json";

test("the pieces joined are the JSON itself", () => {
  const value = { text: 'a "quoted": 1 \\ <b>', list: [1, -2.5e-7, true, null], empty: {} };
  const text = pieces(value)
    .map((piece) => piece.text)
    .join("");
  expect(text).toBe(JSON.stringify(value, null, 2));
});

test("tells keys from strings, also where a string looks like a key", () => {
  const kinds = pieces({ key: '"inner": ' }).filter((piece) => piece.kind !== "plain");
  expect(kinds).toEqual([
    { kind: "key", text: '"key"' },
    { kind: "string", text: '"\\"inner\\": "' },
  ]);
});

test("tells numbers and words", () => {
  const kinds = pieces([12, false, null]).filter((piece) => piece.kind !== "plain");
  expect(kinds.map((piece) => piece.kind)).toEqual(["number", "word", "word"]);
});

test("shows an absent value as null", () => {
  expect(pieces(undefined)).toEqual([{ kind: "word", text: "null" }]);
});
