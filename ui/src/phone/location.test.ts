/** The choice kept in the address. */
import { expect, test } from "vitest";
import { PLAIN_WAY, readChoice, readWay, writeChoice } from "./location";
import type { Place } from "./location";

test.each<Place>(["messages", "profile", "website"])("%s is written and read again", (place) => {
  const choice = { customerId: "2002", accountId: "1001", place };
  expect(readChoice(writeChoice(choice))).toEqual(choice);
});

test("an address without a choice says nothing", () => {
  const nothing = { customerId: "", accountId: "", place: "messages" } as const;
  expect(readChoice("")).toEqual(nothing);
  expect(readChoice("#place=elsewhere")).toEqual(nothing);
  expect(writeChoice(nothing)).toBe("");
  expect(readWay("#customer=2002")).toEqual(PLAIN_WAY);
});

test("an address may carry a deep link, which is not written back", () => {
  const hash = "#account=1001&welcome_message_id=7&text=Hi%20there&post_id=9";
  expect(readWay(hash)).toEqual({ welcomeMessageId: "7", text: "Hi there", postId: "9" });
  expect(writeChoice(readChoice(hash))).toBe("#account=1001");
});
