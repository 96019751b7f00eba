import { afterEach, beforeEach, expect, it, vi } from "vitest";

const listening = new Map<string, () => void>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.stubGlobal("addEventListener", (name: string, told: () => void) => listening.set(name, told));
  vi.stubGlobal("removeEventListener", (name: string) => listening.delete(name));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("says for a minute after somebody has done something that they ask, and not of itself", async () => {
  const { attend, byWhom } = await import("./attended");
  const leave = attend();
  expect(byWhom()).toEqual({ "x-roost-by": "person" });
  vi.advanceTimersByTime(60_000);
  expect(byWhom()).toEqual({});

  for (const doing of ["pointerdown", "keydown", "wheel", "touchmove", "input", "focus"]) {
    listening.get(doing)?.();
    expect(byWhom()).toEqual({ "x-roost-by": "person" });
    vi.advanceTimersByTime(60_000);
    expect(byWhom()).toEqual({});
  }

  leave();
  expect(listening.size).toBe(0);
});
