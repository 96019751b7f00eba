/** A dialect that stays chosen. */
import { expect, test } from "vitest";
import { ChosenDialect } from "./dialects.svelte";

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
