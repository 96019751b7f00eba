import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Clock } from "./clock.svelte";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const DAY_MS = 86_400_000;

describe("Clock", () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOON }));
  afterEach(() => void vi.useRealTimers());

  it("is this machine's until the application has said how late it is, and goes on from there", () => {
    const clock = new Clock();
    const end = clock.follow();
    expect(clock.now).toBe(NOON);
    clock.set(new Date(NOON + DAY_MS).toISOString());
    expect(clock.now).toBe(NOON + DAY_MS);
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(NOON + DAY_MS + 60_000);
    end();
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(NOON + DAY_MS + 60_000);
  });
});
