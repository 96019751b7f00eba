import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "./presence.svelte";

const HERE = "11/11-22";
const ROBIN = "p-robin";

describe("who else is at a conversation", () => {
  const told: { path: string; doing: string }[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      const { doing } = JSON.parse(init.body as string) as { doing: string };
      told.push({ path, doing });
      return Promise.resolve(new Response(null, { status: 204 }));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("holds for 50 seconds after a page was heard of, and typing for 8", () => {
    const presence = new Presence("p-sam");
    presence.hear(HERE, `${ROBIN} typing 01234567`);
    expect(presence.at(HERE)).toEqual({ typing: [ROBIN], viewing: [ROBIN] });
    vi.advanceTimersByTime(8_000);
    expect(presence.at(HERE)).toEqual({ typing: [], viewing: [ROBIN] });
    vi.advanceTimersByTime(50_000);
    expect(presence.at(HERE)).toEqual({ typing: [], viewing: [] });
  });

  it("ends with the last of somebody's pages, and leaves the reader out", () => {
    const presence = new Presence("p-sam");
    presence.hear(HERE, `${ROBIN} viewing 01234567`);
    presence.hear(HERE, `${ROBIN} viewing 89abcdef`);
    presence.hear(HERE, "p-sam viewing aaaaaaaa");
    presence.hear(HERE, `${ROBIN} gone 01234567`);
    expect(presence.at(HERE).viewing).toEqual([ROBIN]);
    presence.hear(HERE, `${ROBIN} gone 89abcdef`);
    expect(presence.at(HERE).viewing).toEqual([]);
  });

  it("follows a page to the next conversation", () => {
    const presence = new Presence("p-sam");
    presence.hear(HERE, `${ROBIN} viewing 01234567`);
    presence.hear("11/11-33", `${ROBIN} viewing 01234567`);
    expect(presence.at(HERE).viewing).toEqual([]);
    expect(presence.at("11/11-33").viewing).toEqual([ROBIN]);
  });

  it("answers a page that it has not heard of there, once", () => {
    const presence = new Presence("p-sam");
    const end = presence.show(HERE);
    presence.hear(HERE, `${ROBIN} viewing 01234567`);
    presence.hear(HERE, `${ROBIN} viewing 01234567`);
    expect(told.map((one) => one.doing)).toEqual(["viewing", "viewing"]);
    vi.advanceTimersByTime(20_000);
    end();
    expect(told.map((one) => one.doing)).toEqual(["viewing", "viewing", "viewing", "gone"]);
    expect(told[0]?.path).toBe("/api/conversations/11/11-22/presence");
  });

  it("tells of typing every three seconds, and that it has ended", () => {
    const presence = new Presence("p-sam");
    const end = presence.show(HERE);
    presence.typed();
    presence.typed();
    vi.advanceTimersByTime(3_000);
    presence.typed();
    presence.stopped();
    presence.stopped();
    expect(told.map((one) => one.doing)).toEqual(["viewing", "typing", "typing", "viewing"]);
    end();
  });
});
