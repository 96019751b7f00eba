import { describe, expect, it } from "vitest";
import { belongs, compare, nameOf } from "./order";
import type { Conversation } from "./wire";

function conversation(id: string, fields: Partial<Conversation> = {}): Conversation {
  return {
    account_id: "1",
    conversation_id: id,
    customer: { user_id: id, screen_name: "", name: "" },
    control: "queue",
    controller_id: null,
    control_reason: "",
    last_at: "2026-03-01T12:00:00Z",
    last_direction: "in",
    preview: "",
    unread: 0,
    waiting_since: null,
    is_snoozed: false,
    snoozed_until: null,
    tags: [],
    seen_position: null,
    dialog: "",
    dialog_step: "",
    last_speaker: "customer",
    last_person_id: null,
    is_marked_unread: false,
    ...fields,
  };
}

function sorted(view: "unassigned" | "all", rows: Conversation[]): string[] {
  return [...rows].sort(compare(view)).map((one) => one.conversation_id);
}

describe("compare", () => {
  const early = conversation("early", { waiting_since: "2026-03-01T10:00:00Z" });
  const late = conversation("late", { waiting_since: "2026-03-01T11:00:00Z" });
  const quiet = conversation("quiet", { last_at: "2026-03-01T09:00:00Z" });
  const recent = conversation("recent", { last_at: "2026-03-01T13:00:00Z" });

  it("puts whoever waited longest first, and behind them the latest", () => {
    expect(sorted("unassigned", [quiet, late, recent, early])).toEqual(["early", "late", "recent", "quiet"]);
  });

  it("puts the latest message first among all", () => {
    expect(sorted("all", [quiet, recent, early])).toEqual(["recent", "early", "quiet"]);
  });

  it("puts what comes back next first among the snoozed", () => {
    const soon = conversation("soon", { is_snoozed: true, snoozed_until: "2026-03-02T12:00:00Z" });
    const later = conversation("later", { is_snoozed: true, snoozed_until: "2026-03-03T12:00:00Z" });
    const never = conversation("never", { is_snoozed: true });
    expect([never, later, soon].sort(compare("snoozed")).map((one) => one.conversation_id)).toEqual([
      "soon",
      "later",
      "never",
    ]);
  });

  it("orders equals the same every time", () => {
    const [a, b] = [conversation("a"), conversation("b")];
    expect(sorted("unassigned", [b, a])).toEqual(sorted("unassigned", [a, b]));
    expect(sorted("all", [b, a])).toEqual(sorted("all", [a, b]));
  });
});

describe("belongs", () => {
  const mine = conversation("a", { control: "agent", controller_id: "me" });

  it("knows whose is whose", () => {
    expect(belongs(mine, "mine", "me")).toBe(true);
    expect(belongs(mine, "mine", "you")).toBe(false);
    expect(belongs(mine, "unassigned", "me")).toBe(false);
    expect(belongs(mine, "all", "you")).toBe(true);
    expect(belongs(conversation("b", { control: "bot" }), "bot", "me")).toBe(true);
    expect(nameOf(mine)).toBe("1/a");
  });

  it("leaves out what is snoozed, and finds it among those that are", () => {
    const snoozed = { ...mine, is_snoozed: true };
    expect(belongs(snoozed, "mine", "me")).toBe(false);
    expect(belongs(snoozed, "snoozed", "you")).toBe(true);
    expect(belongs(mine, "snoozed", "me")).toBe(false);
  });

  it("finds what has a tag", () => {
    const tagged = { ...mine, tags: ["vip"] };
    expect(belongs(tagged, "tagged", "me", "vip")).toBe(true);
    expect(belongs(tagged, "tagged", "me", "late")).toBe(false);
  });
});
