/** Order, grouping and answered prompts of a conversation. */
import { describe, expect, test } from "vitest";
import { answers, bubbles, compareIds, dayName, merge, withWelcome } from "./timeline";
import type { MessageData, MessageEvent } from "./wire";

const NOON = new Date(2026, 10, 22, 12).getTime();
const ACCOUNT = "1001";
const CUSTOMER = "2002";

function message(id: string, from: string, at = NOON, data: Partial<MessageData> = {}): MessageEvent {
  return {
    type: "message_create",
    id,
    created_timestamp: String(at),
    message_create: {
      target: { recipient_id: from === ACCOUNT ? CUSTOMER : ACCOUNT },
      sender_id: from,
      message_data: { text: `message ${id}`, ...data },
    },
  };
}

function prompt(id: string, ...options: [string, string][]): MessageEvent {
  return message(id, ACCOUNT, NOON, {
    quick_reply: {
      type: "options",
      options: options.map(([label, metadata]) => ({ label, metadata })),
    },
  });
}

function answer(id: string, text: string, metadata: string): MessageEvent {
  return message(id, CUSTOMER, NOON, { text, quick_reply_response: { type: "options", metadata } });
}

describe("merge", () => {
  test("keeps each message once, by id as a number", () => {
    const known = [message("999", CUSTOMER), message("1001", ACCOUNT)];
    const more = [message("1000", CUSTOMER), message("1001", ACCOUNT)];
    expect(merge(known, more).map((event) => event.id)).toEqual(["999", "1000", "1001"]);
  });

  test("tells ids apart that a number could not hold", () => {
    expect(compareIds("1580000000000000001", "1580000000000000002")).toBeLessThan(0);
    expect(compareIds("1580000000000000002", "1580000000000000001")).toBeGreaterThan(0);
    expect(compareIds("7", "7")).toBe(0);
  });

  test("lets the newer copy win", () => {
    const [event] = merge([message("1", CUSTOMER)], [message("1", CUSTOMER, NOON, { text: "new" })]);
    expect(event?.message_create.message_data.text).toBe("new");
  });
});

describe("bubbles", () => {
  test("knows whose side a message is on", () => {
    const [first, second] = bubbles([message("1", CUSTOMER), message("2", ACCOUNT)], CUSTOMER);
    expect([first?.direction, second?.direction]).toEqual(["out", "in"]);
  });

  test("joins one voice within five minutes, and no longer", () => {
    const events = [
      message("1", ACCOUNT, NOON),
      message("2", ACCOUNT, NOON + 300_000),
      message("3", ACCOUNT, NOON + 600_001),
    ];
    const joins = bubbles(events, CUSTOMER).map((each) => [each.joinsPrevious, each.joinsNext]);
    expect(joins).toEqual([
      [false, true],
      [true, false],
      [false, false],
    ]);
  });

  test("parts two custom profiles of one account", () => {
    const sam = message("2", ACCOUNT);
    sam.message_create.custom_profile_id = "5";
    expect(bubbles([message("1", ACCOUNT), sam], CUSTOMER)[1]?.joinsPrevious).toBe(false);
  });

  test("begins each day with a heading", () => {
    const events = [message("1", ACCOUNT), message("2", ACCOUNT), message("3", ACCOUNT, NOON + 9e7)];
    expect(bubbles(events, CUSTOMER).map((each) => each.startsDay)).toEqual([true, false, true]);
  });
});

describe("answers", () => {
  test("finds the prompt that offered what was chosen, not merely the last one", () => {
    const events = [
      prompt("1", ["Blue", "colour:blue"]),
      prompt("2", ["Large", "size:l"]),
      answer("3", "Blue", "colour:blue"),
    ];
    const { chosen, prompts } = answers(events);
    expect(prompts.get("3")?.id).toBe("1");
    expect(chosen.get("1")?.label).toBe("Blue");
    expect(chosen.has("2")).toBe(false);
  });

  test("takes the nearest of two that offered the same", () => {
    const events = [prompt("1", ["Yes", "y"]), prompt("2", ["Yes", "y"]), answer("3", "Yes", "y")];
    expect(answers(events).prompts.get("3")?.id).toBe("2");
  });

  test("matches labels as X escapes them", () => {
    const events = [prompt("1", ["Salt & <pepper>", "s"]), answer("2", "Salt &amp; &lt;pepper&gt;", "s")];
    expect(answers(events).prompts.get("2")?.id).toBe("1");
  });

  test("takes typed text for no answer", () => {
    const events = [prompt("1", ["Yes", "y"]), message("2", CUSTOMER, NOON, { text: "Yes" })];
    expect(answers(events).prompts.size).toBe(0);
  });
});

test("days have the names people use", () => {
  const midnight = new Date(2026, 10, 22).getTime();
  expect(dayName(midnight, NOON)).toBe("Today");
  expect(dayName(midnight - 1, NOON)).toBe("Yesterday");
  expect(dayName(midnight - 86_400_001, NOON)).toBe("Friday, November 20");
});

describe("a welcome message", () => {
  const welcome = { event: message("7", ACCOUNT), afterId: "1000" };

  test("stands behind the message it came after, and joins no other", () => {
    const events = [message("999", ACCOUNT), message("1000", ACCOUNT), message("1001", ACCOUNT)];
    const laidOut = bubbles(events, CUSTOMER, welcome);
    expect(laidOut.map((each) => each.event.id)).toEqual(["999", "1000", "7", "1001"]);
    expect(laidOut.map((each) => [each.joinsPrevious, each.joinsNext])).toEqual([
      [false, true],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  test("is the last thing where nothing was said since, and the first where nothing was before", () => {
    expect(withWelcome([message("1000", CUSTOMER)], welcome).at(-1)?.id).toBe("7");
    const first = { ...welcome, afterId: "" };
    expect(withWelcome([message("1000", CUSTOMER)], first)[0]?.id).toBe("7");
  });
});

test("what is added draws only the bubbles anew that look different for it", () => {
  const events = ["1", "2", "3"].map((id) => message(id, CUSTOMER));
  const [one, two, three] = bubbles(events, CUSTOMER);
  const again = bubbles([...events, message("4", CUSTOMER)], CUSTOMER);
  expect([again[0] === one, again[1] === two, again[2] === three]).toEqual([true, true, false]);
  expect(again[2]?.joinsNext).toBe(true);
});
