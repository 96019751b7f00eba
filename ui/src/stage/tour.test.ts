/** Ticking the tour from ledgers written by hand. */
import { expect, test } from "vitest";
import { STEPS, Story, readLines } from "./tour";
import type { Line } from "./tour";

const ACCOUNTS = new Set(["1001"]);
let n = 0;

function line(kind: string, facts: Partial<Line> = {}): Line {
  n += 1;
  return { n, at: String(1_000 * n), kind, ...facts };
}

const said = (id: string, from = "2002", facts: Partial<Line> = {}): Line =>
  line("message", { message_id: id, sender_id: from, recipient_id: "1001", app_id: "268278", ...facts });
const answer = (to = "2002", app = "13090192"): Line =>
  line("message", { message_id: `a${n}`, sender_id: "1001", recipient_id: to, app_id: app });
const state = (name: string, text = name): Line => line("application", { state: name, text });
const attempt = (event: string, status: number | null): Line =>
  line("attempt", { event_id: event, status, for_user_id: "1001", delivery_id: `d${event}` });

function ticked(lines: Line[]): Record<string, string> {
  const story = new Story(lines, ACCOUNTS);
  const found = STEPS.map(({ id, found: look }) => [id, look(story)] as const);
  return Object.fromEntries(found.filter(([, detail]) => detail !== ""));
}

test("an empty ledger ticks nothing", () => {
  expect(ticked([])).toEqual({});
});

test("a message and its answer", () => {
  expect(ticked([said("1"), answer()])).toEqual({ hello: "written", answer: "after 1.0 s" });
});

test("a quick answer is told in milliseconds", () => {
  const [asked, answered] = [said("1"), answer()];
  expect(ticked([asked, { ...answered, at: String(Number(asked.at) + 40) }])["answer"]).toBe("after 40 ms");
});

test("an account's own words from X's app are no answer of the application", () => {
  expect(ticked([said("1"), answer("2002", "268278")])).toEqual({ hello: "written" });
});

test("an answer to somebody else is no answer", () => {
  expect(ticked([said("1"), answer("2003")])).toEqual({ hello: "written" });
});

test("a quick reply and a button", () => {
  const lines = [said("1", "2002", { is_quick_reply: true }), line("button", { url: "https://example.com/" })];
  expect(ticked(lines)).toMatchObject({ tap: "tapped", button: "https://example.com/" });
});

test("a wish for a person is met by the bot first and then by somebody", () => {
  const lines = [said("1", "2002", { text: "Talk to a person", is_quick_reply: true })];
  expect(ticked(lines)).not.toHaveProperty("person");
  lines.push(answer());
  expect(ticked(lines)).toMatchObject({ person: "handed over" });
  expect(ticked(lines)).not.toHaveProperty("desk");
  lines.push(said("2", "2002", { text: "hurry" }), answer());
  expect(ticked(lines)).toMatchObject({ desk: "after 3.0 s" });
});

test("two answers to anything else are nobody's", () => {
  expect(ticked([said("1", "2002", { text: "hello" }), answer(), answer()])).not.toHaveProperty("desk");
});

test("two people have to be answered, not only to write", () => {
  const lines = [said("1"), said("2", "2003"), answer("2003")];
  expect(ticked(lines)).not.toHaveProperty("two");
  expect(ticked([...lines, answer("2002")])).toMatchObject({ two: "2 people answered" });
});

test("starting up is no fall", () => {
  const lines = [state("down", "starting"), state("running"), state("running", "loaded again")];
  expect(ticked(lines)).toEqual({});
});

test("what is written while the application is down waits, and is answered", () => {
  const lines = [state("running"), state("down", "killed"), said("1")];
  expect(ticked(lines)).toMatchObject({ kill: "killed", wait: "1 message" });
  lines.push(state("running", "restarted in 0.8 s; 1 event waiting"));
  expect(ticked(lines)).not.toHaveProperty("back");
  lines.push(answer());
  expect(ticked(lines)).toMatchObject({ back: "restarted in 0.8 s; 1 event waiting" });
});

test("a tour that began anew counts only what came after", () => {
  const lines = [state("running"), said("1"), answer(), state("down")];
  const story = new Story(lines, ACCOUNTS, lines[2]!.n);
  const done = STEPS.filter(({ found }) => found(story) !== "").map(({ id }) => id);
  expect(done).toEqual(["kill"]);
});

test("what is written after it is back did not wait", () => {
  const lines = [state("running"), state("down"), state("running"), said("1"), answer()];
  expect(ticked(lines)).not.toHaveProperty("wait");
});

test("two deliveries that were both taken, and the answers to them", () => {
  const lines = [said("1"), attempt("1", null), attempt("1", 200)];
  expect(ticked([...lines, answer()])).not.toHaveProperty("twice");
  expect(ticked([...lines, attempt("1", 200), answer()])).toMatchObject({
    twice: "delivered twice, 1 answer",
  });
});

test("a Post that led into the conversation", () => {
  expect(ticked([line("opened", { user_id: "2002", with_id: "1001", post_id: "" })])).toEqual({});
  const opened = line("opened", { user_id: "2002", with_id: "1001", post_id: "77" });
  expect(ticked([opened])).toEqual({ post: "from Post 77" });
});

test("what a customer has read, not what an account has", () => {
  expect(ticked([line("read", { reader_id: "1001" })])).toEqual({});
  expect(ticked([line("read", { reader_id: "2002" })])).toEqual({ read: "told" });
});

test("a message X refused though it had it, and how often it is there", () => {
  const call = (status: number): Line => line("request", { route: "dm.events.new", status });
  const sent = (): Line => ({ ...answer(), text: "On its way" });
  expect(ticked([sent(), call(200), call(500)])).not.toHaveProperty("denied");
  const lines = [sent(), line("read", { reader_id: "1001" }), call(500)];
  expect(ticked(lines)).toMatchObject({ denied: "refused, and there once" });
  expect(ticked([...lines, sent()])).toMatchObject({ denied: "refused, and there 2 times" });
});

test("a like counts once the application has been told", () => {
  const early = attempt("77", 200);
  const like = line("liked", { user_id: "2002", post_id: "77" });
  expect(ticked([early, like])).not.toHaveProperty("like");
  expect(ticked([like, attempt("77", 500)])).not.toHaveProperty("like");
  expect(ticked([like, attempt("77", 200)])).toEqual({ like: "told" });
});

test("lines are read one by one", () => {
  expect(readLines('{"n":1,"at":"5","kind":"reset"}\n{"n":2,"at":"6","kind":"opened"}\n')).toEqual([
    { n: 1, at: "5", kind: "reset" },
    { n: 2, at: "6", kind: "opened" },
  ]);
});
