/** What the phone does when an address of X is followed in it. */
import type { Deed } from "./actions";
import { readIntent } from "./intents";
import type { Intent } from "./intents";
import type { Session } from "./session.svelte";

/** Do what an address of X asks for, inside the phone.
 *
 * Gives `false` where the address asks for nothing of the kind: it is an ordinary web page.
 */
export function openAddress(session: Session, address: string): boolean {
  const intent = readIntent(address);
  if (intent === null) return false;
  const refusal = meet(session, intent);
  if (refusal !== "") session.doing.refuse(refusal);
  return true;
}

/** Do what is asked; gives why it cannot be done, `""` if it can. */
function meet(session: Session, intent: Intent): string {
  const { people } = session;
  switch (intent.kind) {
    case "compose": {
      const account = people.accounts.find((each) => each.user_id === intent.recipientId);
      if (account === undefined) return `No account here has the id ${intent.recipientId}.`;
      const { welcomeMessageId, text } = intent;
      const way = { welcomeMessageId, text, postId: "" };
      void session.go({ accountId: account.user_id, place: "messages" }, way);
      return "";
    }
    case "post":
      return session.compose({ text: intent.text, inReplyTo: intent.inReplyTo });
    case "repost":
      return ask(session, "Repost this?", `Post ${intent.postId}`, "Repost", {
        action: "post",
        kind: "repost",
        post_id: intent.postId,
      });
    case "like":
      return ask(session, "Like this?", `Post ${intent.postId}`, "Like", {
        action: "like",
        post_id: intent.postId,
      });
    case "follow": {
      const user = people.find(intent.userId, intent.screenName);
      if (user === undefined) return nobody(intent);
      return ask(session, `Follow @${user.screen_name}?`, user.name, "Follow", {
        action: "follow",
        to: user.user_id,
      });
    }
    case "profile": {
      const account = people.find(intent.userId, intent.screenName);
      if (account?.is_account !== true) return nobody(intent);
      void session.go({ accountId: account.user_id, place: "profile" });
      return "";
    }
    case "show_post":
      void session.go({ place: "profile" });
      return "";
  }
}

function ask(
  session: Session,
  title: string,
  about: string,
  verb: string,
  deed: Deed,
): string {
  session.sheet = { kind: "ask", title, about, verb, deed };
  return "";
}

function nobody({ userId, screenName }: { userId: string; screenName: string }): string {
  return `Nobody here is ${screenName === "" ? `user ${userId}` : `@${screenName}`}.`;
}
