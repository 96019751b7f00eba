/** What a Post offers besides its text. */
import { readIntent } from "./intents";
import type { Way } from "./location";
import type { Post, User } from "./wire";

/** The button “Send a private message” below a Post. */
export interface Offer {
  accountId: string;
  way: Way;
  /** The link X shows as the button, and no longer in the text. */
  shortLink: string;
}

/** Find the deep link of a Post that opens a conversation with one of the accounts.
 *
 * The last one counts, as X makes a button of the link at the end.
 */
export function offerOf(post: Post, accounts: readonly User[]): Offer | null {
  for (const link of post.urls.toReversed()) {
    const intent = readIntent(link.expanded_url);
    if (intent?.kind !== "compose") continue;
    if (!accounts.some((account) => account.user_id === intent.recipientId)) continue;
    const { recipientId, welcomeMessageId, text } = intent;
    const way = { welcomeMessageId, text, postId: post.post_id };
    return { accountId: recipientId, way, shortLink: link.url };
  }
  return null;
}
