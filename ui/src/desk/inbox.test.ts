/** The list of conversations: what changes while it is on its way is not undone by it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Clock } from "./clock.svelte";
import { Inbox } from "./inbox.svelte";

const NAME = "1001/1001-2002";

type Answer = (body: object) => void;
/** Requests that wait for an answer, with what gives it. */
let asked: [path: string, answer: Answer][];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (path: string) => {
    if (path.startsWith("/api/conversations/counts")) return answered({ now: "2026-11-23T12:00:00Z" });
    if (path.startsWith("/api/conversations/tags")) return answered({ tags: [] });
    return new Promise((go) => asked.push([path, (body) => go(answered(body))]));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function answered(body: object): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
}

function rows(preview: string): object {
  const [account_id, conversation_id] = NAME.split("/");
  const one = { account_id, conversation_id, preview, tags: [], control: "queue", waiting_since: null };
  return { conversations: [{ ...one, last_message_at: "2026-11-23T12:00:00Z" }], after: null };
}

/** Answer the oldest request. */
function answer(body: object): string {
  const next = asked.shift();
  if (next === undefined) throw new Error("nothing was asked for");
  next[1](body);
  return next[0];
}

test("a list that was asked for before a change, and comes after it, does not undo it", async () => {
  const inbox = new Inbox("1", new Clock());
  const showing = inbox.show("all");
  const refreshing = inbox.refresh(new Set([NAME]));
  const [list] = asked.splice(0, 1);

  expect(answer(rows("new"))).toContain("rows?of=");
  await refreshing;
  list?.[1](rows("old"));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(answer(rows("new"))).toContain("rows?of=");
  await showing;

  expect(inbox.rows.map((one) => one.preview)).toEqual(["new"]);
  expect(asked).toEqual([]);
});
