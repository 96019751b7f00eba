/** What the account may still send, in words. */
import { expect, test } from "vitest";
import { lines } from "./budget";
import type { Budget } from "./budget";

const AT = String(Date.parse("2026-01-01T12:30:00"));
const BUDGET: Budget = {
  limits: "on",
  account: { name: "acme", limit: 1_000, remaining: 998, ends_at: AT },
  apps: [{ name: "Acme Desk", limit: 15_000, remaining: 15_000, ends_at: null }],
  replies: { remaining: 5, ends_at: AT },
};

test("each counter has a line", () => {
  expect(lines(BUDGET)).toEqual([
    "@acme: 998 of 1,000 messages left, all again at Thu 12:30",
    "Acme Desk: 15,000 of 15,000 messages left",
    "5 more replies to this customer do not count, until Thu 12:30.",
  ]);
});

test("the last free reply, and none", () => {
  const one = lines({ ...BUDGET, replies: { remaining: 1, ends_at: AT } });
  expect(one[2]).toBe("1 more reply to this customer does not count, until Thu 12:30.");
  const none = lines({ ...BUDGET, replies: { remaining: 0, ends_at: null } });
  expect(none[2]).toBe("The next reply to this customer counts.");
});

test("where limits are off, it says so", () => {
  expect(lines({ ...BUDGET, limits: "off" })).toEqual(["Limits are off: nothing is counted."]);
});
