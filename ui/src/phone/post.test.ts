/** What a Post says and offers. */
import { expect, test } from "vitest";
import { buttonLink, limitsOf, mediaOf, offerOf, textOf } from "./post";
import type { Post, User } from "./wire";

const ACME: User = {
  user_id: "1001",
  screen_name: "acme",
  name: "Acme",
  verified: true,
  is_account: true,
};
const LINK = "https://x.com/messages/compose?recipient_id=1001&welcome_message_id=7&text=Hi";
const POST: Post = {
  post_id: "9",
  user_id: "1001",
  created_timestamp: "1",
  liked_by: [],
  in_reply_to: "",
  reposts: "",
  replies_from: "everyone",
  standing: "normal",
  deep_link: { recipient_id: "1001", welcome_message_id: "7", text: "Hi" },
  tweet: {
    full_text: "Write to us https://t.co/a https://t.co/b",
    entities: {
      urls: [
        { url: "https://t.co/a", expanded_url: "https://acme.example", display_url: "acme.example" },
        { url: "https://t.co/b", expanded_url: LINK, display_url: "x.com/messages" },
      ],
    },
  },
};

test("a deep link becomes the button, which says where the message began", () => {
  expect(offerOf(POST, [ACME])).toEqual({
    accountId: "1001",
    way: { welcomeMessageId: "7", text: "Hi", postId: "9" },
  });
  expect(buttonLink(POST)).toBe("https://t.co/b");
});

test("a Post without one, or with one to nobody here, offers nothing", () => {
  expect(offerOf({ ...POST, deep_link: null }, [ACME])).toBeNull();
  expect(buttonLink({ ...POST, deep_link: null })).toBeUndefined();
  expect(offerOf(POST, [])).toBeNull();
});

test("the whole text counts where X gives it", () => {
  expect(textOf({ ...POST, tweet: { text: "cut…", full_text: "not cut" } })).toEqual({
    text: "not cut",
    urls: [],
  });
  expect(textOf({ ...POST, tweet: { text: "short" } }).text).toBe("short");
});

test("what limits a Post is said, and nothing where nothing does", () => {
  expect(limitsOf(POST)).toEqual([]);
  const limited: Post = { ...POST, standing: "unavailable", replies_from: "mentioned" };
  expect(limitsOf(limited)).toEqual([
    expect.stringContaining("withdrawn"),
    expect.stringContaining("mentions"),
  ]);
});

test("its media are those X lists", () => {
  expect(mediaOf(POST)).toEqual([]);
  const photo = { id_str: "5", type: "photo", url: "https://t.co/p" } as const;
  expect(mediaOf({ ...POST, tweet: { extended_entities: { media: [photo] } } })).toEqual([photo]);
});
