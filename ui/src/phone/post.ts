/** What a Post says and offers. */
import { readIntent } from "./intents";
import type { Way } from "./location";
import type { Media, Post, UrlEntity, User } from "./wire";

/** The button “Send a private message” below a Post. */
export interface Offer {
  accountId: string;
  way: Way;
}

/** The text of a Post as X gives it, with its links. */
export function textOf({ tweet }: Post): { text: string; urls: readonly UrlEntity[] } {
  return { text: tweet.full_text ?? tweet.text ?? "", urls: tweet.entities?.urls ?? [] };
}

/** Find what the button of a Post opens, where it leads to one of the accounts. */
export function offerOf(post: Post, accounts: readonly User[]): Offer | null {
  const link = post.deep_link;
  if (link === null || !accounts.some((each) => each.user_id === link.recipient_id)) return null;
  const { recipient_id: accountId, welcome_message_id: welcomeMessageId, text } = link;
  return { accountId, way: { welcomeMessageId, text, postId: post.post_id } };
}

/** The short link that the button stands for, which is not shown in the text as well. */
export function buttonLink(post: Post): string | undefined {
  if (post.deep_link === null) return undefined;
  return textOf(post).urls.findLast((each) => readIntent(each.expanded_url)?.kind === "compose")?.url;
}

/** Photos, or the GIF or video, of a Post; one short link stands for all of them. */
export function mediaOf({ tweet }: Post): readonly Media[] {
  return tweet.extended_entities?.media ?? [];
}

const STANDINGS = {
  normal: "",
  limited: "X lets nobody like, repost or answer this Post.",
  unavailable: "X has withdrawn this Post: only its author still sees it.",
  violating: "X has removed this Post for violating its rules: only its author still sees it.",
} as const;

const ANSWERS = {
  everyone: "",
  followed: "Only people its author follows or mentions can answer.",
  mentioned: "Only people it mentions can answer.",
} as const;

/** What limits who sees a Post and does something with it, a sentence each. */
export function limitsOf({ standing, replies_from }: Post): string[] {
  return [STANDINGS[standing], ANSWERS[replies_from]].filter((each) => each !== "");
}
