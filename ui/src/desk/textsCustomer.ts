/** What the panel of a customer says; part of the catalogue in `texts.ts`. */
import type { Beginning, CustomerActivity } from "./wire";

const number = new Intl.NumberFormat("en");

const activities: Record<CustomerActivity["kind"], readonly [theirs: string, ours: string]> = {
  blocked: ["Blocked us", "We blocked them"],
  followed: ["Followed us", "We followed them"],
  liked: ["Liked a Post", "We liked their Post"],
  mentioned: ["Mentioned us", "We mentioned them"],
  muted: ["Muted us", "We muted them"],
  quoted: ["Quoted a Post", "We quoted their Post"],
  replied: ["Replied to a Post", "We replied to their Post"],
  reposted: ["Reposted a Post", "We reposted their Post"],
  unblocked: ["Unblocked us", "We unblocked them"],
  unfollowed: ["Unfollowed us", "We unfollowed them"],
  unmuted: ["Unmuted us", "We unmuted them"],
};

function happened({ kind, is_ours }: Pick<CustomerActivity, "kind" | "is_ours">): string {
  return activities[kind][is_ours ? 1 : 0];
}

export const customer = {
  title: "Customer",
  show: "Customer panel (P)",
  profile: "Profile on X",
  verified: "verified by X",
  isProtected: "Posts are protected",
  opensX: "opens X in a new tab",
  location: "Location",
  website: "Website",
  followers: "Followers",
  following: "Following",
  posts: "Posts",
  joined: "At X since",
  firstContact: "First contact",
  lastContact: "Last message",
  messages: "Messages",
  counted: (received: number, sent: number) =>
    `${number.format(received)} from them, ${number.format(sent)} from us${received + sent >= 10_000 ? ", counted among the newest 10,000" : ""}`,
  id: "User id",
  number: (n: number) => number.format(n),
  told: (when: string) => `As X told it on ${when}.`,
  untold: "X has not described this customer yet; it does so with what they do next.",
  beginning: "Began with",
  begun: ({ kind, name, is_ours }: Beginning) => {
    if (kind === "welcome_message") return name === "" ? "A welcome message" : `The welcome message “${name}”`;
    return kind === "post" ? "A Post" : happened({ kind, is_ours });
  },
  begunAt: "This conversation began with",
  noBeginning: "Not known: X names a Post or welcome message only where one stood before the first message.",
  onX: "Post on X",
  tags: "Tags",
  noTags: "No tags.",
  notes: "Notes",
  noNotes: "No notes. Those on this customer’s conversations appear here.",
  noteBy: (who: string, where: string) => (where === "" ? who : `${who}, with ${where}`),
  earlier: "Previous conversations",
  noEarlier: "None: nothing was resolved here before, and they write to no other account of yours.",
  resolved: (who: string, when: string) => `resolved by ${who}, ${when}`,
  bot: "the bot",
  with: (account: string) => `With ${account}`,
  noText: "A message without text",
  history: "Activity",
  noHistory: "Nothing beside messages: no mention, like or follow has been seen.",
  happened,
  by: (handle: string) => `@${handle}`,
  older: "Show older activity",
};
