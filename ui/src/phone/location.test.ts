/** The choice kept in the address. */
import { expect, test } from "vitest";
import { readChoice, writeChoice } from "./location";

test("what is written is read again", () => {
  const choice = { customerId: "2002", accountId: "1001" };
  expect(readChoice(writeChoice(choice))).toEqual(choice);
});

test("an address without a choice says nothing", () => {
  expect(readChoice("")).toEqual({ customerId: "", accountId: "" });
  expect(writeChoice({ customerId: "", accountId: "" })).toBe("");
});
