import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Typing } from "./typing.svelte";

describe("who is typing", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("lasts until nothing was heard for five seconds", () => {
    const typing = new Typing();
    typing.begin("11/11-22");
    vi.advanceTimersByTime(4_000);
    typing.begin("11/11-22");
    vi.advanceTimersByTime(4_000);
    expect([...typing.names]).toEqual(["11/11-22"]);
    vi.advanceTimersByTime(1_000);
    expect([...typing.names]).toEqual([]);
  });

  it("ends for the one conversation in which the message has come", () => {
    const typing = new Typing();
    typing.begin("11/11-22");
    typing.begin("11/11-23");
    typing.end("11/11-22");
    expect([...typing.names]).toEqual(["11/11-23"]);
  });
});
