/** What the simulator's own API says, as types. Nothing here is checked at run time: both sides
 * are one release, served from one origin. */

import type { RepliesFrom } from "./actions";
import type { ClockState } from "./clock.svelte";
import type { StandingFaults } from "./faults.svelte";

/** A user of the simulated X. */
export interface User {
  user_id: string;
  screen_name: string;
  name: string;
  verified: boolean;
  /** Whether an application holds tokens for it; the others are customers to play. */
  is_account: boolean;
  /** Ids of the users it follows, and of those it has blocked. */
  follows?: string[];
  blocks?: string[];
  /** Whether X lets it do nothing. */
  suspended?: boolean;
  locked?: boolean;
}

/** `limited`: nobody may do anything with it; the last two: nobody but its author sees it. */
export type PostStanding = "normal" | "limited" | "unavailable" | "violating";

/** A Post of the simulated X. */
export interface Post {
  post_id: string;
  user_id: string;
  /** Milliseconds since 1970. */
  created_timestamp: string;
  /** Ids of users. */
  liked_by: string[];
  /** The Post it answers or repeats, `""` for none. */
  in_reply_to: string;
  reposts: string;
  /** Whom its author lets answer. */
  replies_from: RepliesFrom;
  /** What X thinks of it. */
  standing: PostStanding;
  /** What X shows as the button “Send a private message”. */
  deep_link: { recipient_id: string; welcome_message_id: string; text: string } | null;
  tweet: Tweet;
}

/** A Post as X's API shows it, as far as this page reads it. */
export interface Tweet {
  text?: string;
  /** The whole text, where the answer has it. */
  full_text?: string;
  entities?: { urls?: UrlEntity[] };
  extended_entities?: { media: Media[] };
  reply_count?: number;
  retweet_count?: number;
}

export interface World {
  apps: { app_id: string; name: string }[];
  users: User[];
  /** `now`: milliseconds since 1970 by the simulator's clock, which may be virtual. */
  clock: { now: string };
}

export interface UrlEntity {
  url: string;
  expanded_url: string;
  display_url: string;
}

export interface Option {
  label: string;
  description?: string;
  metadata?: string;
}

export interface Cta {
  type: "web_url";
  label: string;
  url: string;
  tco_url?: string;
}

export interface Media {
  id_str: string;
  type: "photo" | "animated_gif" | "video";
  /** The short link that stands for it in the text. */
  url: string;
  ext_alt_text?: string | null;
  sizes?: Record<string, { w: number; h: number }>;
}

export type Location =
  | { type: "shared_coordinate"; shared_coordinate: { coordinates: { coordinates: [number, number] } } }
  | { type: "shared_place"; shared_place: { place: { id: string } } };

export type Attachment =
  | { type: "media"; media: Media }
  | { type: "location"; location: Location };

export interface MessageData {
  /** As X gives it: `&`, `<` and `>` escaped, links shortened. */
  text: string;
  entities?: { urls?: UrlEntity[] };
  quick_reply?: { type: "options"; options: Option[] };
  quick_reply_response?: { type: "options"; metadata?: string };
  attachment?: Attachment;
  ctas?: Cta[];
}

/** X's v1.1 `message_create` event. */
export interface MessageEvent {
  type: "message_create";
  id: string;
  /** Milliseconds since 1970. */
  created_timestamp: string;
  initiated_via?: { tweet_id?: string; welcome_message_id?: string };
  message_create: {
    target: { recipient_id: string };
    sender_id: string;
    source_app_id?: string;
    custom_profile_id?: string;
    message_data: MessageData;
  };
}

export interface CustomProfile {
  name: string;
  avatar?: { media: { url: string } };
}

/** The messages of one customer and one account, oldest first. */
export interface ConversationAnswer {
  events: MessageEvent[];
  apps: Record<string, { name: string }>;
  custom_profiles: Record<string, CustomProfile>;
  /** What greets the customer there. */
  welcome?: WelcomeMessage | null;
  /** `shown_at`: when that was shown, in milliseconds since 1970. */
  opening?: { is_open: boolean; shown_at: string } | null;
  /** The latest message read, by the id of who has read it. */
  reads?: Record<string, string>;
}

/** What X shows when a conversation is opened. */
export interface WelcomeMessage {
  id: string;
  created_timestamp: string;
  custom_profile_id?: string;
  message_data: MessageData;
}

export interface Opened {
  welcome_message: WelcomeMessage | null;
}

export interface ActionAnswer {
  id: string;
  events: { type?: string }[];
}

/** A webhook POST or CRC made by the simulator. */
export interface Delivery {
  id: string;
  at: string;
  kind: "event" | "crc";
  for_user_id: string | null;
  url: string;
  attempt: number;
  /** `null` where no answer came. */
  status: number | null;
  ms: number;
  error: string | null;
  signature: string | null;
  /** The injected fault that struck it. */
  fault?: string | null;
  trace_id?: string | null;
  request_body: unknown;
  response_body: string | null;
}

/** An API call the simulator received. */
export interface ApiRequest {
  id: string;
  at: string;
  method: string;
  path: string;
  route: string | null;
  status: number;
  ms: number;
  /** For example `oauth1 ok (@acme)` or `rejected: …`. */
  auth: string | null;
  user_id: string | null;
  error_code: number | null;
  /** The injected fault that struck it. */
  fault?: string | null;
  trace_id?: string | null;
  /** The row of what it changed; `null` where it changed nothing. */
  change_id?: string | null;
}

/** How a thing of the simulator's world is different. */
export interface Change {
  kind: string;
  id: string;
  what: "made" | "changed" | "removed";
  /** Those that differ; a side is left out where there was, or is, nothing. */
  fields: { field: string; before?: unknown; after?: unknown }[];
}

/** What an action or an API call changed. */
export interface ChangeRow {
  /** A number; it rises. */
  id: string;
  /** Milliseconds since 1970. */
  at: string;
  /** Name of the action or of X's route. */
  cause: string;
  user_id: string | null;
  changes: Change[];
  /** How many things more there were. */
  left_out: number;
}

export interface Notice {
  id: string;
  level: "error" | "info";
  text: string;
  file?: string | null;
  line?: number | null;
  remedy?: string | null;
}

/** `absent`: the simulator was started without an application to kill. */
export interface ApplicationStatus {
  state: "running" | "down" | "restarting" | "absent";
  text: string;
  /** Where its own page is; `""` where it has none. */
  url: string;
}

export type ApplicationAnswer = ApplicationStatus & { notices: Notice[] };

/** Who did what to whom. */
export interface Relation {
  type: "follow" | "unfollow" | "block" | "unblock" | "mute" | "unmute";
  source_id: string;
  target_id: string;
}

/** Which Post changed, and who did it. */
export interface PostChange {
  post_id: string;
  user_id: string;
}

/** The events of `/_sim/live`, by name. */
export interface Live {
  message: { participants: string[]; event: MessageEvent };
  delivery: Delivery;
  request: ApiRequest;
  change: ChangeRow;
  user: User;
  opened: {
    user_id: string;
    with_id: string;
    welcome_message: WelcomeMessage | null;
    text: string;
  };
  left: { user_id: string; with_id: string };
  typing: { sender_id: string; target: { recipient_id: string } };
  read: { sender_id: string; target: { recipient_id: string }; last_read_event_id: string };
  faults: StandingFaults;
  clock: ClockState;
  standing: { user_id: string; suspended: boolean; locked: boolean };
  relation: Relation;
  authorized: Record<string, unknown>;
  revoked: Record<string, unknown>;
  post: PostChange;
  post_deleted: PostChange;
  post_standing: PostChange;
  liked: PostChange;
  unliked: PostChange;
  application: ApplicationStatus;
  notice: Notice;
  notice_cleared: { id: string };
  reset: Record<string, never>;
  resync: Record<string, never>;
}
