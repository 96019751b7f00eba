/** Sending and receiving, against a server played by the test. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SendDm } from "./actions";
import { Conversation } from "./conversation.svelte";
import type { MessageEvent } from "./wire";

interface Call {
  body: SendDm | undefined;
  answer: (status: number, body: unknown) => void;
  breakOff: () => void;
}

let calls: Call[];
let conversation: Conversation;

beforeEach(() => {
  calls = [];
  conversation = new Conversation("2002", "1001");
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    calls.push({
      body: typeof init.body === "string" ? (JSON.parse(init.body) as SendDm) : undefined,
      answer: (status, body) => resolve(Response.json(body, { status })),
      breakOff: () => reject(new TypeError("connection lost")),
    });
    return promise;
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function message(id: string, text: string, from = "2002"): MessageEvent {
  return {
    type: "message_create",
    id,
    created_timestamp: "1",
    message_create: {
      target: { recipient_id: from === "2002" ? "1001" : "2002" },
      sender_id: from,
      message_data: { text },
    },
  };
}

async function call(n: number): Promise<Call> {
  return vi.waitUntil(() => calls[n]);
}

function texts(): string[] {
  return conversation.events.map((event) => event.message_create.message_data.text);
}

function send(text: string): Promise<void> {
  conversation.draft = text;
  return conversation.sendDraft(0);
}

test("a message is pending until X has it, and is never seen twice", async () => {
  const sent = send(" Salt & pepper ");
  expect(conversation.draft).toBe("");
  expect(conversation.pending.map((each) => each.text)).toEqual(["Salt & pepper"]);

  conversation.receive(message("7", "Salt &amp; pepper"));
  expect([conversation.pending.length, texts()]).toEqual([0, ["Salt &amp; pepper"]]);

  (await call(0)).answer(200, { id: "7", events: [message("7", "Salt &amp; pepper")] });
  await sent;
  expect(texts()).toEqual(["Salt &amp; pepper"]);
});

test("a refusal is explained and gives the text back, before what was typed since", async () => {
  const sent = send("too long");
  conversation.draft = "next";
  (await call(0)).answer(422, {
    errors: [{ field: "text", message: "too long", limit: 10000, value: 10001 }],
  });
  await sent;
  expect(conversation.failure).toBe("text: too long (limit 10,000, found 10,001).");
  expect(conversation.draft).toBe("too long\nnext");
  expect(conversation.pending).toEqual([]);
});

test("an unreachable simulator gives the text back", async () => {
  const sent = send("hello");
  (await call(0)).breakOff();
  await sent;
  expect([conversation.failure, conversation.draft]).toEqual([
    "The simulator cannot be reached.",
    "hello",
  ]);
});

test("a message that arrived although its answer was lost is not offered again", async () => {
  const sent = send("hello");
  conversation.receive(message("7", "hello"));
  (await call(0)).breakOff();
  await sent;
  expect([conversation.failure, conversation.draft]).toEqual(["", ""]);
});

test("messages leave one after the other, also after a refusal", async () => {
  const first = send("one");
  const second = send("two");
  const one = await call(0);
  expect(calls.length).toBe(1);
  one.answer(500, {});
  await first;
  (await call(1)).answer(200, { id: "8", events: [message("8", "two")] });
  await second;
  expect(calls.map((each) => each.body?.text)).toEqual(["one", "two"]);
  expect(texts()).toEqual(["two"]);
});

test("a tap names the message and the option it answers", async () => {
  const tapped = conversation.tap("5", { label: "Blue", metadata: "colour:blue" }, 0);
  const { body, answer } = await call(0);
  expect(body).toEqual({
    action: "send_dm",
    to: "1001",
    text: "Blue",
    quick_reply: { message_id: "5", metadata: "colour:blue" },
  });
  answer(200, { id: "9", events: [message("9", "Blue")] });
  await tapped;
});

test("what arrives while the conversation is being read is kept", async () => {
  const loaded = conversation.load();
  conversation.receive(message("20", "late", "1001"));
  (await call(0)).answer(200, {
    events: [message("10", "early")],
    apps: {},
    custom_profiles: {},
  });
  await loaded;
  expect(texts()).toEqual(["early", "late"]);
});

test("of two readings the later one counts", async () => {
  const older = conversation.load();
  const newer = conversation.load();
  const answer = { apps: {}, custom_profiles: {} };
  (await call(1)).answer(200, { ...answer, events: [message("2", "newer")] });
  await newer;
  (await call(0)).answer(200, { ...answer, events: [message("1", "older")] });
  await older;
  expect(texts()).toEqual(["newer"]);
});

test("a message received again is nothing new", () => {
  expect(conversation.receive(message("7", "hi", "1001"))).toBe(true);
  expect(conversation.receive(message("7", "hi", "1001"))).toBe(false);
  expect(conversation.events.length).toBe(1);
});

test("what was typed and not sent is there again after a reload, and once it is sent no more", async () => {
  conversation.draft = "Half a";
  expect(new Conversation("2002", "1001").draft).toBe("Half a");
  expect(new Conversation("2003", "1001").draft).toBe("");
  const sending = conversation.sendDraft(0);
  expect(new Conversation("2002", "1001").draft).toBe("");
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  calls[0]?.answer(422, { errors: [] });
  await sending;
  expect(new Conversation("2002", "1001").draft).toBe("Half a");
});
