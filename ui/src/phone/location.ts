/** Who plays whom and where they are, kept in the address after `#`, so that a reload or a link
 * keeps the choice. An address may carry a deep link as well, which is followed once. */

/** The rooms of the phone: the conversation, the account's profile, somebody's web page. */
export type Place = "messages" | "profile" | "website";

export interface Choice {
  customerId: string;
  accountId: string;
  place: Place;
}

/** What a way into the conversation brings along; `""` where it brings nothing. */
export interface Way {
  welcomeMessageId: string;
  /** Put into the composer. */
  text: string;
  /** The Post it began from. */
  postId: string;
}

/** Straight into the conversation. */
export const PLAIN_WAY: Way = { welcomeMessageId: "", text: "", postId: "" };

/** Where a choice is kept, and how it is changed from outside. */
export interface Keeper {
  readChoice: () => Choice;
  /** Gives the deep link that came along, which is then taken out. */
  readWay: () => Way;
  write: (choice: Choice) => void;
  /** Call back when it was changed from outside; the function given back ends that. */
  watch: (changed: () => void) => () => void;
}

/** Keeps the choice in this page's address. */
export const IN_ADDRESS: Keeper = {
  readChoice: () => readChoice(location.hash),
  readWay: () => readWay(location.hash),
  write: (choice) => history.replaceState(null, "", writeChoice(choice) || location.pathname),
  watch: (changed) => {
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  },
};

/** Keeps the choice in memory, for one of several phones on a page.
 *
 * @param changed Told of every choice.
 */
export function inMemory(choice: Choice, changed: (choice: Choice) => void): Keeper {
  let kept = choice;
  return {
    readChoice: () => kept,
    readWay: () => PLAIN_WAY,
    write: (next) => {
      kept = next;
      changed(next);
    },
    watch: () => () => undefined,
  };
}

const PLACES: readonly string[] = ["messages", "profile", "website"] satisfies Place[];

/** Read a choice; what the address does not say is empty. */
export function readChoice(hash: string): Choice {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    customerId: said.get("customer") ?? "",
    accountId: said.get("account") ?? "",
    place: placeOf(said.get("place")),
  };
}

/** Read the deep link an address carries; `PLAIN_WAY` where it carries none. */
export function readWay(hash: string): Way {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const way = {
    welcomeMessageId: said.get("welcome_message_id") ?? "",
    text: said.get("text") ?? "",
    postId: said.get("post_id") ?? "",
  };
  return Object.values(way).some((part) => part !== "") ? way : PLAIN_WAY;
}

/** Write a choice the way `readChoice` reads it. */
export function writeChoice({ customerId, accountId, place }: Choice): string {
  const said = new URLSearchParams();
  if (customerId !== "") said.set("customer", customerId);
  if (accountId !== "") said.set("account", accountId);
  if (place !== "messages") said.set("place", place);
  return said.size === 0 ? "" : `#${said.toString()}`;
}

function placeOf(said: string | null): Place {
  return said !== null && PLACES.includes(said) ? (said as Place) : "messages";
}
