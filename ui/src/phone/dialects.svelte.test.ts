/** A dialect that stays chosen. */
import { beforeEach, expect, test, vi } from "vitest";
import { ChosenDialect } from "./dialects.svelte";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

test("everything is shown until another dialect is chosen, which then stays", () => {
  const first = new ChosenDialect();
  expect(first.now).toBe("v1");
  first.set("plain");
  expect(new ChosenDialect().now).toBe("plain");
});

test("what is kept and is no dialect shows everything", () => {
  localStorage.setItem("roost.phone.dialect", "morse");
  expect(new ChosenDialect().now).toBe("v1");
});
