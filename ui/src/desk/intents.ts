/** Addresses a button can lead to: any of https, or one of X's web intents. */

const X = "https://x.com";

export type IntentKind = "link" | "post" | "reply" | "like" | "repost" | "follow" | "message";

export const KINDS: readonly IntentKind[] = ["link", "post", "reply", "like", "repost", "follow", "message"];

/** Write the address; what has not been filled in gives an address that leads nowhere: "". */
export function addressOf(kind: IntentKind, value: string): string {
  const given = value.trim();
  if (given === "") return "";
  switch (kind) {
    case "link":
      return given;
    case "post":
      return intent("tweet", "text", given);
    case "reply":
      return intent("tweet", "in_reply_to", postIdOf(given));
    case "like":
      return intent("like", "tweet_id", postIdOf(given));
    case "repost":
      return intent("retweet", "tweet_id", postIdOf(given));
    case "follow":
      return intent("follow", "screen_name", given.replace(/^@/, ""));
    case "message":
      return `${X}/messages/compose?recipient_id=${encodeURIComponent(given)}`;
  }
}

/** Find a Post's id in its address; an id is one already. */
export function postIdOf(text: string): string {
  return /\/status\/(\d{1,19})/.exec(text)?.[1] ?? text;
}

function intent(path: string, name: string, value: string): string {
  return `${X}/intent/${path}?${name}=${encodeURIComponent(value)}`;
}
