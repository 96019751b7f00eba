/** What the desk's API says: its own shapes, under the names that are used here. */
import type { Draft, Line, ports_desk_Speaker } from "./wireGenerated";

export type {
  Account,
  Beginning,
  Canned,
  Colleague,
  Composer,
  Conversation,
  Conversations,
  Counts,
  Customer,
  CustomerActivity,
  CustomerHistory,
  CustomerPanel,
  Draft,
  Invitation,
  Limits,
  Line,
  Link,
  Me,
  Option,
  Outgoing,
  ProfileName,
  Remark,
  Sends,
  Transcript,
  View,
  Voices,
} from "./wireGenerated";

export type Speaker = ports_desk_Speaker;
export type Attachment = Line["attachment"];
export type Content = Pick<Line, "text" | "quick_replies" | "buttons" | "attachment">;
export type Speak = Draft["speak"];

/** One event of `/api/changes`, a stream, whose events OpenAPI does not describe. */
export interface Change {
  kind: string;
  account_id: string;
  conversation_id: string;
  ref: string;
  at: string;
}
