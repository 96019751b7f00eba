/** Saving conversations and comparing them when they are played again. */
import { expect, test } from "vitest";
import { compare, readTranscript, record } from "./transcript";
import type { Transcript, Turn } from "./transcript";
import type { MessageData, MessageEvent, User } from "./wire";

const ADA: User = { user_id: "2002", screen_name: "ada", name: "Ada", verified: false, is_account: false };

function message(id: string, from: string, data: MessageData): MessageEvent {
  const target = { recipient_id: from === "2002" ? "1001" : "2002" };
  const message_create = { target, sender_id: from, message_data: data };
  return { type: "message_create", id, created_timestamp: id, message_create };
}

const EVENTS = [
  message("1", "2002", { text: "Tea &amp; cake?" }),
  message("2", "1001", { text: "Which?" }),
  message("3", "2002", { text: "Tea", quick_reply_response: { type: "options", metadata: "t" } }),
];
const TURNS: Turn[] = [
  { from: "customer", text: "Tea & cake?" },
  { from: "account", text: "Which?" },
  { from: "customer", text: "Tea", isTap: true, metadata: "t" },
];

function transcript(turns: Turn[]): Transcript {
  return { format: "roost-transcript", version: 1, name: "Ada", turns };
}

test("a conversation is written down as people read it, and read again", () => {
  const saved = record(EVENTS, ADA);
  expect(saved.turns).toEqual(TURNS);
  expect(readTranscript(JSON.stringify(saved))).toEqual(saved);
});

test("it may end with a message that is not the last", () => {
  expect(record(EVENTS, ADA, "2").turns).toEqual(TURNS.slice(0, 2));
});

test.each([
  ["{", "not JSON"],
  ["null", "format"],
  ['{"format": "roost-transcript", "version": 2}', "version"],
  ['{"format": "roost-transcript", "version": 1, "name": "", "turns": []}', "name"],
  ['{"format": "roost-transcript", "version": 1, "name": "A", "turns": {}}', "turns"],
  ['{"format": "roost-transcript", "version": 1, "name": "A", "turns": [{"from": "bot"}]}', "turns[0]"],
])("what is no transcript is refused: %s", (text, named) => {
  expect(readTranscript(text)).toContain(named);
});

test("the same answers are no difference, whatever the customer's turns", () => {
  expect(compare(transcript(TURNS), [{ from: "account", text: "Which?" }])).toEqual([]);
});

test("another, a missing and an additional answer are each told", () => {
  const two = transcript([...TURNS, { from: "account", text: "Here you are." }]);
  expect(compare(two, [{ from: "account", text: "What?" }])).toEqual([
    { turn: 2, expected: "Which?", found: "What?" },
    { turn: 4, expected: "Here you are.", found: undefined },
  ]);
  const more: Turn[] = [{ from: "account", text: "Which?" }, { from: "account", text: "Well?" }];
  expect(compare(transcript(TURNS), more)).toEqual([
    { turn: 4, expected: undefined, found: "Well?" },
  ]);
});
