/** A conversation written down as a test. */
import { expect, test } from "vitest";
import { pytestFile } from "./python";
import type { MessageData, MessageEvent, User } from "./wire";

const ADA: User = { user_id: "2002", screen_name: "Ada", name: "Ada", verified: false, is_account: false };

function message(at: number, from: string, data: MessageData): MessageEvent {
  const target = { recipient_id: from === "2002" ? "1001" : "2002" };
  const message_create = { target, sender_id: from, message_data: data };
  return { type: "message_create", id: String(at), created_timestamp: String(at), message_create };
}

function lines(...events: MessageEvent[]): string[] {
  return pytestFile(events, ADA).text.split("\n").filter((line) => line.startsWith("    "));
}

test("what the customer did is repeated, and the answers are compared", () => {
  const tap: MessageData = { text: "Tea", quick_reply_response: { type: "options", metadata: "t" } };
  const found = lines(
    message(0, "1001", { text: "Nobody asked." }),
    message(1, "2002", { text: "Tea &amp; cake?" }),
    message(2, "2002", { text: 'He said "hi"' }),
    message(3, "1001", { text: "Which?" }),
    message(4, "1001", { text: "Well?" }),
    message(5, "2002", tap),
    message(6, "1001", { text: "Here." }),
  );
  expect(found).toEqual([
    '    customer = tester.customer("Ada")',
    '    await customer.says("Tea & cake?", "He said \\"hi\\"")',
    '    assert [one.text for one in customer.sees[0:]] == ["Which?", "Well?"]',
    '    await customer.taps("Tea")',
    '    assert [one.text for one in customer.sees[2:]] == ["Here."]',
  ]);
});

test("links are whole, and what stands for a picture is left out", () => {
  const url = { url: "https://t.co/a", expanded_url: "https://shop.example/o?a=1&b=2", display_url: "s" };
  const entities = { urls: [{ ...url, indices: [0, 14] as [number, number] }] };
  expect(lines(message(1, "2002", { text: "See https://t.co/a", entities }))[1]).toBe(
    '    await customer.says("See https://shop.example/o?a=1&b=2")',
  );
});

test("a long pause passes on the test's clock", () => {
  const events = [
    message(0, "2002", { text: "hi" }),
    message(3_600_200, "1001", { text: "Still there?" }),
  ];
  expect(pytestFile(events, ADA).text).toContain("from datetime import timedelta\n");
  expect(lines(...events)[2]).toBe("    await tester.advance(timedelta(seconds=3601))");
});

test("what is too wide for a line has one for each", () => {
  const texts = ["a".repeat(60), "b".repeat(60)];
  const found = lines(...texts.map((text, n) => message(n, "2002", { text })));
  expect(found.slice(1)).toEqual([
    "    await customer.says(",
    ...texts.map((text) => `        "${text}",`),
    "    )",
  ]);
});

test("it is named for its customer", () => {
  expect(pytestFile([message(1, "2002", { text: "hi" })], ADA).name).toBe(
    "test_conversation_with_ada.py",
  );
});
