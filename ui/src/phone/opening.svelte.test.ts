/** Coming into a conversation, what greets there, and sending files; the server is the test's. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Conversation } from "./conversation.svelte";
import type { MessageEvent, WelcomeMessage } from "./wire";

const WELCOME: WelcomeMessage = {
  id: "7",
  created_timestamp: "1",
  message_data: {
    text: "Welcome! Which colour?",
    quick_reply: { type: "options", options: [{ label: "Blue", metadata: "blue" }] },
  },
};
const WAY = { welcomeMessageId: "7", text: "My order", postId: "9" };

let bodies: unknown[];
let answers: ((path: string) => Response)[];
let conversation: Conversation;

beforeEach(() => {
  bodies = [];
  answers = [];
  conversation = new Conversation("2002", "1001");
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    bodies.push(typeof init.body === "string" ? JSON.parse(init.body) : init.body);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`nothing expected at ${path}`);
    return answer(path);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function answer(body: unknown, status = 200): void {
  answers.push(() => Response.json(body, { status }));
}

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

test("opening by a deep link shows its welcome message and fills the composer", async () => {
  conversation.receive(message("5", "from before"));
  answer({ id: "", welcome_message: WELCOME, events: [], deliveries: [] });
  await conversation.open(1, WAY);
  expect(bodies).toEqual([
    {
      action: "open_conversation",
      to: "1001",
      welcome_message_id: "7",
      text: "My order",
      post_id: "9",
    },
  ]);
  expect(conversation.draft).toBe("My order");
  expect(conversation.bubbles.map((each) => [each.event.id, each.isWelcome, each.direction])).toEqual([
    ["5", false, "out"],
    ["7", true, "in"],
  ]);
});

test("what is written afterwards stands behind the welcome message, and may answer it", async () => {
  answer({ id: "", welcome_message: WELCOME, events: [], deliveries: [] });
  await conversation.open(1);
  const chosen = message("8", "Blue");
  chosen.message_create.message_data.quick_reply_response = { type: "options", metadata: "blue" };
  conversation.receive(chosen);
  expect(conversation.bubbles.map((each) => each.event.id)).toEqual(["7", "8"]);
  expect(conversation.answers.chosen.get("7")?.label).toBe("Blue");
});

test("an open conversation is not opened again, except by a deep link", async () => {
  answer({ id: "", welcome_message: null, events: [], deliveries: [] });
  await conversation.open(1);
  await conversation.open(1);
  expect(bodies).toHaveLength(1);
  answer({ id: "", welcome_message: WELCOME, events: [], deliveries: [] });
  await conversation.open(1, WAY);
  expect(conversation.welcome?.event.id).toBe("7");
});

test("leaving tells X, and takes the welcome message away", async () => {
  await conversation.leave();
  expect(bodies).toEqual([]);
  answer({ id: "", welcome_message: WELCOME, events: [], deliveries: [] });
  await conversation.open(1);
  answer({ id: "", events: [], deliveries: [] });
  await conversation.leave();
  expect(bodies[1]).toEqual({ action: "leave_conversation", to: "1001" });
  expect([conversation.isOpen, conversation.bubbles]).toEqual([false, []]);
});

test("what greeted before this page was there is shown where it was", async () => {
  const events = [message("5", "before"), message("6", "after")];
  for (const [n, event] of events.entries()) event.created_timestamp = String(n * 1_000);
  const opening = { is_open: true, shown_at: "500" };
  answer({ events, apps: {}, custom_profiles: {}, welcome: WELCOME, opening });
  await conversation.load();
  expect(conversation.bubbles.map((each) => each.event.id)).toEqual(["5", "7", "6"]);
});

test("a conversation X did not open can be opened again", async () => {
  answer({ errors: [{ field: "welcome_message_id", message: "there is none" }] }, 422);
  await expect(conversation.open(1, WAY)).rejects.toThrow();
  expect([conversation.isOpen, conversation.draft]).toEqual([false, ""]);
});

test("a file goes with the message, whose text X makes longer", async () => {
  answer({ media_id: "44" });
  await conversation.attachments.choose(new File(["x"], "cat.png", { type: "image/png" }));
  expect(conversation.attachments.ready).toMatchObject({ mediaId: "44", isVideo: false });
  conversation.draft = "Look";
  answer({ id: "50", events: [message("50", "Look https://t.co/abc")], deliveries: [] });
  const sent = conversation.sendDraft(0);
  conversation.receive(message("50", "Look https://t.co/abc"));
  expect(conversation.pending).toEqual([]);
  await sent;
  expect(bodies[1]).toEqual({ action: "send_dm", to: "1001", text: "Look", media_ids: ["44"] });
  expect(conversation.attachments.ready).toBeNull();
});

test("words for a picture go with it, which takes bringing it once more", async () => {
  const { attachments } = conversation;
  answer({ media_id: "44" });
  await attachments.choose(new File(["x"], "cat.png", { type: "image/png" }));
  attachments.alt = " A cat ";
  answer({ media_id: "45" });
  answer({ id: "50", events: [message("50", "https://t.co/abc")], deliveries: [] });
  await conversation.sendDraft(0);
  const [first, second, sent] = bodies as [FormData, FormData, unknown];
  expect([first.get("alt_text"), second.get("alt_text")]).toEqual([null, "A cat"]);
  expect(sent).toMatchObject({ media_ids: ["45"], text: "" });
});

test("a refused file stays with its text", async () => {
  answer({ media_id: "44" });
  await conversation.attachments.choose(new File(["x"], "cat.png"));
  answer({ errors: [{ field: "media_ids", message: "is gone" }] }, 422);
  await conversation.sendDraft(0);
  expect([conversation.failure, conversation.attachments.ready?.mediaId]).toEqual([
    "media_ids: is gone.",
    "44",
  ]);
});

test("a file X does not take is explained", async () => {
  answer({ errors: [{ field: "media", message: "is no picture" }] }, 422);
  await conversation.attachments.choose(new File(["x"], "cat.txt"));
  expect(conversation.attachments.failure).toBe("media: is no picture.");
  expect([conversation.attachments.ready, conversation.attachments.isBusy]).toEqual([null, false]);
});
