/** Switches and the rules behind them. */
import { expect, test } from "vitest";
import { SWITCHES, inWords, isOf } from "./faults";
import type { FaultRule } from "./faults";

test.each(SWITCHES)("$label knows its own rule with defaults filled in, and no other switch does", (one) => {
  const answered: FaultRule = { ...one.rule, seed: 0, count: null };
  expect(SWITCHES.filter((each) => isOf(answered, each))).toEqual([one]);
});

test("a rule for one route is not the switch for another", () => {
  const rule = { effect: "rate_limit", match: { route: "users.show" } };
  expect(SWITCHES.some((each) => isOf(rule, each))).toBe(false);
});

test("a rule of somebody else is told in words", () => {
  expect(inWords({ effect: "delay", seconds: 60, count: null, match: { webhook: "1" } })).toBe(
    'delay, seconds 60, match {"webhook":"1"}',
  );
});
