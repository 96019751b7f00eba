/** Addresses of X that mean something to do: deep links into a conversation, and web intents.
 *
 * Source: https://developer.x.com/en/docs/x-for-websites/web-intents/overview (archived)
 */

/** What an address of X asks a person to do. Ids and names that it does not give are `""`. */
export type Intent =
  | { kind: "compose"; recipientId: string; welcomeMessageId: string; text: string }
  | { kind: "post"; text: string; inReplyTo: string }
  | { kind: "repost"; postId: string }
  | { kind: "like"; postId: string }
  | { kind: "follow"; userId: string; screenName: string }
  | { kind: "profile"; userId: string; screenName: string }
  | { kind: "show_post"; postId: string };

const HOSTS = /^(?:(?:www|mobile)\.)?(?:x|twitter)\.com$/;
const PERMALINK = /^\/(?:[A-Za-z0-9_]{1,15}|i\/web)\/status\/([0-9]{1,19})$/;
const PROFILE = /^\/([A-Za-z0-9_]{1,15})$/;

/** X's own pages that look like a handle. */
const RESERVED = new Set(["home", "explore", "search", "settings", "messages", "i", "login", "tos"]);

/** Read an address; `null` where it is not of X, or asks for nothing this phone knows. */
export function readIntent(address: string): Intent | null {
  const url = URL.parse(address.trim());
  if (url === null || !HOSTS.test(url.hostname)) return null;
  const path = url.pathname.replace(/(?<=.)\/$/, "");
  return ofAction(path, (name) => url.searchParams.get(name) ?? "") ?? ofPage(path);
}

/** Write the deep link that opens a conversation.
 *
 * Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides/deeplinking-to-welcome-message (archived)
 */
export function deepLink(recipientId: string, welcomeMessageId = "", text = ""): string {
  const said = new URLSearchParams({ recipient_id: recipientId });
  if (welcomeMessageId !== "") said.set("welcome_message_id", welcomeMessageId);
  if (text !== "") said.set("text", text);
  return `https://x.com/messages/compose?${said.toString()}`;
}

function ofAction(path: string, said: (name: string) => string): Intent | null {
  const person = { userId: said("user_id"), screenName: said("screen_name").replace(/^@/, "") };
  switch (path) {
    case "/messages/compose":
      return {
        kind: "compose",
        recipientId: said("recipient_id"),
        welcomeMessageId: said("welcome_message_id"),
        text: said("text"),
      };
    case "/intent/tweet":
    case "/intent/post":
    case "/share":
      return { kind: "post", text: composed(said), inReplyTo: said("in_reply_to") };
    case "/intent/retweet":
      return { kind: "repost", postId: said("tweet_id") };
    case "/intent/like":
    case "/intent/favorite":
      return { kind: "like", postId: said("tweet_id") };
    case "/intent/follow":
      return { kind: "follow", ...person };
    case "/intent/user":
      return { kind: "profile", ...person };
    default:
      return null;
  }
}

function ofPage(path: string): Intent | null {
  const postId = PERMALINK.exec(path)?.[1];
  if (postId !== undefined) return { kind: "show_post", postId };
  const screenName = PROFILE.exec(path)?.[1];
  if (screenName === undefined || RESERVED.has(screenName.toLowerCase())) return null;
  return { kind: "profile", userId: "", screenName };
}

/** The text X puts into its composer: text, address, hashtags and `via`, in this order. */
function composed(said: (name: string) => string): string {
  const hashtags = said("hashtags").split(",").filter((tag) => tag !== "");
  const via = said("via").replace(/^@/, "");
  return [said("text"), said("url"), ...hashtags.map((tag) => `#${tag}`), via && `via @${via}`]
    .filter((part) => part !== "")
    .join(" ");
}
