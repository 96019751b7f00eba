/** Addresses of X that mean something to do. */
import { expect, test } from "vitest";
import { deepLink, readIntent } from "./intents";

test.each(["https://x.com", "https://twitter.com", "https://www.x.com", "http://mobile.twitter.com"])(
  "a deep link of %s opens a conversation",
  (host) => {
    expect(
      readIntent(`${host}/messages/compose?recipient_id=1001&welcome_message_id=7&text=a%20%26+b`),
    ).toEqual({ kind: "compose", recipientId: "1001", welcomeMessageId: "7", text: "a & b" });
  },
);

test("a deep link that is written is read back", () => {
  expect(readIntent(deepLink("1001", "7", "Hi & bye?"))).toEqual({
    kind: "compose",
    recipientId: "1001",
    welcomeMessageId: "7",
    text: "Hi & bye?",
  });
  expect(deepLink("1001")).toBe("https://x.com/messages/compose?recipient_id=1001");
});

test("what is composed is text, address, hashtags and via", () => {
  const address = "https://x.com/intent/tweet?text=Look&url=https%3A%2F%2Fa.example&hashtags=b,c&via=@d";
  expect(readIntent(address)).toEqual({
    kind: "post",
    text: "Look https://a.example #b #c via @d",
    inReplyTo: "",
  });
});

test.each([
  ["https://x.com/intent/post?text=a&in_reply_to=9", { kind: "post", text: "a", inReplyTo: "9" }],
  ["https://x.com/intent/retweet?tweet_id=9", { kind: "repost", postId: "9" }],
  ["https://x.com/intent/like?tweet_id=9", { kind: "like", postId: "9" }],
  ["https://x.com/intent/follow?screen_name=@acme", { kind: "follow", userId: "", screenName: "acme" }],
  ["https://x.com/intent/user?user_id=1001", { kind: "profile", userId: "1001", screenName: "" }],
  ["https://twitter.com/acme/status/12", { kind: "show_post", postId: "12" }],
  ["https://x.com/i/web/status/12/", { kind: "show_post", postId: "12" }],
  ["https://x.com/acme/", { kind: "profile", userId: "", screenName: "acme" }],
])("%s", (address, expected) => {
  expect(readIntent(address)).toEqual(expected);
});

test.each([
  "https://example.com/intent/like?tweet_id=9",
  "https://notx.com/acme",
  "https://x.com.evil.example/acme",
  "https://x.com/home",
  "https://x.com/",
  "javascript:alert(1)",
  "no address",
  "",
])("%s asks for nothing", (address) => {
  expect(readIntent(address)).toBeNull();
});
