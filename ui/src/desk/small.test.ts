import { describe, expect, it } from "vitest";
import { printed, Sequence } from "./keys";
import { parts } from "./links";
import { pathOf, placeOf } from "./route.svelte";
import { snoozeUntil, SNOOZES, typedUntil } from "./snoozes";
import { ago, clock, when } from "./times";

describe("parts", () => {
  it("makes links of addresses, and of nothing else", () => {
    expect(parts("see https://a.example/x?y=1, or javascript:alert(1)")).toEqual([
      { text: "see ", href: "" },
      { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
      { text: ", or javascript:alert(1)", href: "" },
    ]);
    expect(parts("https://")).toEqual([{ text: "https://", href: "" }]);
    expect(parts("")).toEqual([]);
  });

  it("loses no character", () => {
    const text = "(https://a.example). <https://b.example/c>! \u202ehttps://d.example";
    expect(parts(text).map((part) => part.text).join("")).toBe(text);
  });
});

describe("places", () => {
  it("are the same after a round", () => {
    const place = { view: "mine", open: "11/11-22" } as const;
    expect(placeOf(pathOf(place))).toEqual(place);
    expect(placeOf(pathOf({ view: "all", open: "" }))).toEqual({ view: "all", open: "" });
  });

  it("name the tag whose conversations are shown", () => {
    const place = { view: "tagged", tag: "été", open: "11/11-22" } as const;
    expect(pathOf(place)).toBe("/desk/tagged/11/11-22?tag=%C3%A9t%C3%A9");
    expect(placeOf("/desk/tagged/11/11-22", "?tag=%C3%A9t%C3%A9")).toEqual(place);
  });

  it("are the first view where they are unknown", () => {
    for (const path of ["/desk/", "/desk/nothing/1", "/desk/%/%/%"]) {
      expect(placeOf(path).view).toBe("unassigned");
    }
  });
});

describe("Sequence", () => {
  const at = (key: string, timeStamp: number, shiftKey = false) => ({ key, shiftKey, timeStamp });

  it("joins g with what follows soon", () => {
    const keys = new Sequence();
    expect(keys.press(at("g", 0))).toBe("g");
    expect(keys.press(at("m", 1_000))).toBe("g m");
    expect(keys.press(at("m", 1_100))).toBe("m");
    keys.press(at("g", 2_000));
    expect(keys.press(at("m", 4_000))).toBe("m");
  });

  it("tells letters with Shift from those with Caps Lock, and leaves signs alone", () => {
    const keys = new Sequence();
    expect(keys.press(at("E", 0, true))).toBe("shift+e");
    expect(keys.press(at("E", 0))).toBe("e");
    expect(keys.press(at("?", 0, true))).toBe("?");
    expect(keys.press(at("ArrowDown", 0))).toBe("ArrowDown");
  });

  it("is printed as it stands on the keys", () => {
    expect(["g m", "shift+e", "j", "ArrowDown", "?"].map(printed)).toEqual(["G then M", "Shift+E", "J", "↓", "?"]);
  });
});

describe("snoozeUntil", () => {
  it("lies ahead, or waits for a message", () => {
    const now = new Date(2026, 2, 31, 22, 30).getTime();
    const until = SNOOZES.map((choice) => snoozeUntil(choice, now));
    expect(until[0]).toBe(null);
    expect(Date.parse(until[1] ?? "") - now).toBe(3_600_000);
    expect(new Date(until[3] ?? "")).toEqual(new Date(2026, 3, 1, 9));
    expect(new Date(until[4] ?? "")).toEqual(new Date(2026, 3, 7, 9));
  });
});

describe("typedUntil", () => {
  const now = new Date(2026, 2, 31, 22, 30).getTime();
  const at = (text: string): Date | null => {
    const until = typedUntil(text, now);
    return until === null ? null : new Date(until);
  };

  it("reads spans, times of day and dates", () => {
    expect(at(" 45m ")).toEqual(new Date(2026, 2, 31, 23, 15));
    expect(at("2 h")).toEqual(new Date(2026, 3, 1, 0, 30));
    expect(at("23:00")).toEqual(new Date(2026, 2, 31, 23));
    expect(at("9:05")).toEqual(new Date(2026, 3, 1, 9, 5));
    expect(at("2026-04-02")).toEqual(new Date(2026, 3, 2, 9));
    expect(at("2026-04-02 7:30")).toEqual(new Date(2026, 3, 2, 7, 30));
  });

  it("gives nothing for what lies behind, or is no time", () => {
    for (const text of ["", "h", "0m", "25:00", "2026-03-31 9:00", "2026-13-01", "soon", "1999h"]) expect(at(text)).toBe(null);
  });
});

describe("ago", () => {
  const now = Date.parse("2026-03-02T12:00:00Z");
  it("is short", () => {
    expect(ago("2026-03-02T11:59:30Z", now)).toBe("now");
    expect(ago("2026-03-02T11:56:00Z", now)).toBe("4m");
    expect(ago("2026-03-02T09:00:00Z", now)).toBe("3h");
    expect(ago("2026-02-28T11:00:00Z", now)).toBe("2d");
    expect(ago("2026-03-02T12:00:09Z", now)).toBe("now");
  });
});

describe("when", () => {
  it("says the day of what is not today, so that no time seems to be past or near", () => {
    const now = new Date(2026, 10, 23, 12, 48).getTime();
    const at = (day: number, hours: number): string => new Date(2026, 10, day, hours, 44).toISOString();

    expect(when(at(23, 20), now)).toBe(clock(at(23, 20)));
    expect(when(at(24, 12), now)).toBe(`tomorrow, ${clock(at(24, 12))}`);
    expect(when(at(26, 12), now)).toContain("26");
    expect(when(at(26, 12), now)).toContain(clock(at(26, 12)));
  });
});
