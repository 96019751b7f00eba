/** The button below a Post. */
import { expect, test } from "vitest";
import { offerOf } from "./post";
import type { Post, UrlEntity, User } from "./wire";

const ACME: User = {
  user_id: "1001",
  screen_name: "acme",
  name: "Acme",
  verified: true,
  is_account: true,
};
const LINK = "https://x.com/messages/compose?recipient_id=1001&welcome_message_id=7&text=Hi";

function post(...expanded: string[]): Post {
  const urls = expanded.map<UrlEntity>((expanded_url, n) => ({
    url: `https://t.co/${n}`,
    expanded_url,
    display_url: expanded_url,
  }));
  return {
    post_id: "9",
    author_id: "1001",
    created_at: "1",
    text: "Write to us",
    urls,
    liked_by: [],
    reposted_by: [],
    reply_count: 0,
  };
}

test("a deep link becomes the button, which says where the message began", () => {
  expect(offerOf(post("https://acme.example", LINK), [ACME])).toEqual({
    accountId: "1001",
    way: { welcomeMessageId: "7", text: "Hi", postId: "9" },
    shortLink: "https://t.co/1",
  });
});

test("other links, and links to nobody here, offer nothing", () => {
  expect(offerOf(post("https://acme.example"), [ACME])).toBeNull();
  expect(offerOf(post(LINK), [])).toBeNull();
  expect(offerOf(post(), [ACME])).toBeNull();
});
