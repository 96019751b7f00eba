/** Switching faults on a simulator played by the test. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Faults } from "./faults.svelte";
import { SWITCHES } from "./faults";
import type { FaultRule, Switch } from "./faults";

let rules: FaultRule[];
let isThere: boolean;

beforeEach(() => {
  rules = [];
  isThere = true;
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    if (!isThere) return new Response("", { status: 404 });
    if (init.method === "PUT" && typeof init.body === "string") {
      rules = (JSON.parse(init.body) as { faults: FaultRule[] }).faults;
    }
    if (init.method === "DELETE") rules = [];
    return init.method === "DELETE"
      ? new Response(null, { status: 204 })
      : Response.json({
          faults: rules.map((rule) => ({ struck: 2, rule: { seed: 0, count: null, ...rule } })),
        });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function named(label: string): Switch {
  const found = SWITCHES.find((each) => each.label === label);
  if (found === undefined) throw new Error(`no switch ${label}`);
  return found;
}

test("a switch puts its rule beside those of others, and takes only its own away", async () => {
  rules = [{ effect: "delay", seconds: 9 }];
  const faults = new Faults();
  await faults.toggle(named("Duplicate"));
  expect(rules.map((rule) => rule.effect)).toEqual(["delay", "duplicate"]);
  expect(faults.find(named("Duplicate"))?.struck).toBe(2);
  expect(faults.others.map(({ rule }) => rule.effect)).toEqual(["delay"]);
  await faults.toggle(named("Duplicate"));
  expect(rules.map((rule) => rule.effect)).toEqual(["delay"]);
});

test("all can be switched off at once", async () => {
  const faults = new Faults();
  await faults.toggle(named("429"));
  await faults.toggle(named("Webhook down"));
  expect(faults.active).toHaveLength(2);
  await faults.clear();
  expect([faults.active, rules]).toEqual([[], []]);
});

test("a simulator without faults is told of, and nothing hangs", async () => {
  isThere = false;
  const faults = new Faults();
  await faults.load();
  expect(faults.failure).toBe("The simulator has no /_sim/faults.");
  await faults.toggle(named("429"));
  expect(faults.isBusy).toBe(false);
});
