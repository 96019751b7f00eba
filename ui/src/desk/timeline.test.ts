import { describe, expect, it } from "vitest";
import { choices, timeline } from "./timeline";
import type { Line, Outgoing } from "./wire";

const DAY = "2026-03-01T12:00:0";

function line(id: string, fields: Partial<Line> = {}): Line {
  return {
    message_id: id,
    attachment: "",
    position: id,
    at: `${DAY}${id}Z`,
    speaker: "customer",
    person_id: null,
    text: id,
    quick_replies: [],
    buttons: [],
    is_quick_reply: false,
    chosen: null,
    profile_id: "",
    ...fields,
  };
}

function outgoing(id: string, fields: Partial<Outgoing> = {}): Outgoing {
  return {
    outbox_id: id,
    media_id: "",
    profile_id: "",
    attachment: "",
    state: "queued",
    reason: "",
    attempts: 0,
    due_at: null,
    created_at: `${DAY}${id}Z`,
    person_id: null,
    text: id,
    quick_replies: [],
    buttons: [],
    ...fields,
  };
}

const options = [
  { label: "Yes", metadata: "y" },
  { label: "Yes", metadata: "yes" },
];

describe("timeline", () => {
  it("puts remarks between messages and what is on its way at the end", () => {
    const remark = { kind: "taken_over", person_id: null, text: "", at: `${DAY}2Z` } as const;
    const items = timeline({
      lines: [line("1"), line("3")],
      remarks: [remark],
      outgoing: [outgoing("0"), outgoing("2", { state: "dead" })],
      unsent: [],
    });
    expect(items.map((item) => item.key)).toEqual([
      expect.stringMatching(/^d/),
      "m1",
      expect.stringMatching(/^r/),
      "o2",
      "m3",
      "o0",
    ]);
  });

  it("begins every day with a heading", () => {
    const later = line("2", { at: "2026-03-04T12:00:00Z" });
    const kinds = timeline({ lines: [line("1"), later], remarks: [], outgoing: [], unsent: [] });
    expect(kinds.map((item) => item.kind)).toEqual(["day", "line", "day", "line"]);
  });

  it("keeps the order of messages where their times disagree", () => {
    const lines = [line("2", { at: `${DAY}9Z` }), line("3", { at: `${DAY}1Z` })];
    const items = timeline({ lines, remarks: [], outgoing: [], unsent: [] });
    expect(items.filter((item) => item.kind === "line").map((item) => item.key)).toEqual(["m2", "m3"]);
  });
});

describe("choices", () => {
  const prompt = line("1", { speaker: "bot", quick_replies: options });

  it("finds the option by what came back with the tap", () => {
    const tap = line("2", { text: "Yes", is_quick_reply: true, chosen: "yes" });
    expect(choices([prompt, tap]).get("1")).toEqual(options[1]);
  });

  it("finds it by its label where nothing came back", () => {
    const tap = line("2", { text: "Yes", is_quick_reply: true });
    expect(choices([prompt, tap]).get("1")).toEqual(options[0]);
  });

  it("does not take what was typed for a tap", () => {
    expect(choices([prompt, line("2", { text: "Yes" })]).size).toBe(0);
  });
});
