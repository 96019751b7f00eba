import { describe, expect, it } from "vitest";
import { choices, commands, fits, type Acts } from "./commands";
import type { Thread } from "./thread.svelte";
import type { Me } from "./wire";

const ME = {
  person_id: "p-sam",
  name: "Sam Carter",
  role: "agent",
  colleagues: [
    { person_id: "p-sam", name: "Sam Carter" },
    { person_id: "p-robin", name: "Robin Hale" },
  ],
  accounts: [],
} as unknown as Me;

function thread(conversation: object | null, done: string[] = []): Thread {
  const note = (what: string) => async (value?: unknown) => done.push(value === undefined ? what : `${what} ${String(value)}`);
  return {
    conversation: conversation && { control: "bot", controller_id: null, is_snoozed: false, tags: ["vip"], ...conversation },
    takeOver: note("take over"),
    handBack: note("hand back"),
    assign: note("assign"),
    snooze: note("snooze"),
    tag: note("tag"),
  } as unknown as Thread;
}

function acts(more: Partial<Acts>): Acts {
  const nothing = (): void => undefined;
  return {
    me: ME,
    thread: null,
    isActivity: false,
    step: nothing,
    write: nothing,
    resolveAndNext: nothing,
    markUnread: nothing,
    togglePanel: nothing,
    go: nothing,
    ask: nothing,
    search: nothing,
    showKeys: nothing,
    showSettings: nothing,
    logOut: nothing,
    ...more,
  };
}

const possible = (more: Partial<Acts>): string[] => commands(acts(more)).filter((one) => one.isPossible).map((one) => one.id);

describe("commands", () => {
  it("have no key twice", () => {
    const keys = commands(acts({})).flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(20);
  });

  it("are about a conversation only where one is open, and is shown", () => {
    expect(possible({})).not.toContain("reply");
    expect(possible({ thread: thread(null) })).not.toContain("reply");
    expect(possible({ thread: thread({}), isActivity: true })).not.toContain("reply");
    expect(possible({ thread: thread({}) })).toContain("reply");
  });

  it("take over what is not the reader's, and hand back what is", () => {
    const done: string[] = [];
    const press = (conversation: object): void =>
      commands(acts({ thread: thread(conversation, done) })).find((one) => one.keys.includes("t"))?.run();
    press({ control: "queue" });
    press({ control: "agent", controller_id: "p-robin" });
    press({ control: "agent", controller_id: "p-sam" });
    expect(done).toEqual(["take over", "take over", "hand back"]);
  });

  it("offer the pages for admins to admins alone", () => {
    expect(possible({})).not.toContain("tab_keys");
    expect(possible({ me: { ...ME, role: "admin" } })).toContain("tab_keys");
  });

  it("bring back what is snoozed, and snooze what is not", () => {
    const ids = possible({ thread: thread({ is_snoozed: true }) });
    expect(ids).toContain("unsnooze");
    expect(ids).not.toContain("snooze");
  });
});

describe("choices", () => {
  const done: string[] = [];
  const open = acts({ thread: thread({}, done) });
  const titles = (step: "assign" | "snooze" | "tag", text: string): string[] =>
    choices(step, text, open, ["vip", "late"], Date.now()).map((one) => one.title);

  it("name the people whose names begin like it", () => {
    expect(titles("assign", "hal")).toEqual(["Robin Hale"]);
    expect(titles("assign", "")).toHaveLength(3);
  });

  it("put a time that was typed first", () => {
    expect(titles("snooze", "2h")[0]).toMatch(/^Until /);
    expect(titles("snooze", "for")).toHaveLength(3);
  });

  it("remove a tag that is there, and add any other", () => {
    expect(titles("tag", "")).toEqual(["Remove tag vip", "Add tag late"]);
    expect(titles("tag", "#new")).toEqual(["Add tag new"]);
    choices("tag", "", open, ["late"], 0).forEach((one) => one.run());
    expect(done).toEqual(["tag ", "tag vip,late"]);
  });

  it("are none where no conversation is open", () => {
    expect(choices("assign", "", acts({}), [], 0)).toEqual([]);
  });
});

describe("fits", () => {
  it("wants every word to begin one of the title's", () => {
    expect(fits("Go to Activity: API keys", "key go")).toBe(true);
    expect(fits("Go to Activity: API keys", "eys")).toBe(false);
    expect(fits("Été à Paris", "ÉTÉ")).toBe(true);
    expect(fits("anything", " ")).toBe(true);
  });
});
