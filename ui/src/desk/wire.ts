/** What the desk's API says, as `/api/openapi.json` describes it. */

export type View = "mine" | "unassigned" | "bot" | "snoozed" | "resolved" | "all" | "tagged";

export interface Account {
  account_id: string;
  screen_name: string;
  bot: string;
}

export interface Colleague {
  person_id: string;
  name: string;
}

export interface Me extends Colleague {
  login: string;
  role: "admin" | "agent";
  accounts: Account[];
  colleagues: Colleague[];
  csrf: string;
}

export interface Invitation {
  login: string;
  name: string;
  purpose: "enter" | "choose";
}

export interface Conversation {
  account_id: string;
  conversation_id: string;
  customer: { user_id: string; screen_name: string; name: string };
  control: "bot" | "agent" | "queue" | "nobody";
  controller_id: string | null;
  control_reason: string;
  last_at: string;
  last_direction: "in" | "out" | "";
  preview: string;
  unread: number;
  waiting_since: string | null;
  is_snoozed: boolean;
  snoozed_until: string | null;
  tags: string[];
}

export interface Conversations {
  conversations: Conversation[];
  after: string | null;
}

export type Counts = Record<Exclude<View, "tagged">, number>;

export interface Option {
  label: string;
  metadata?: string | null;
  description?: string | null;
}

export interface Link {
  label: string;
  url: string;
}

export type Attachment = "" | "photo" | "animated_gif" | "video" | "media" | "location";

export interface Content {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  attachment: Attachment;
}

export type Speaker = "customer" | "bot" | "person" | "elsewhere" | "ours";

export interface Line extends Content {
  message_id: string;
  position: string;
  at: string;
  speaker: Speaker;
  person_id: string | null;
  is_quick_reply: boolean;
  chosen: string | null;
}

export interface Outgoing extends Content {
  outbox_id: string;
  media_id: string;
  state: "queued" | "sending" | "uncertain" | "parked" | "dead";
  reason: string;
  attempts: number;
  due_at: string | null;
  created_at: string;
  person_id: string | null;
}

export interface Remark {
  kind:
    | "note"
    | "handed_off"
    | "taken_over"
    | "handed_back"
    | "resolved"
    | "reopened"
    | "assigned"
    | "unassigned"
    | "snoozed"
    | "woken";
  person_id: string | null;
  text: string;
  at: string;
}

export interface Transcript {
  lines: Line[];
  remarks: Remark[];
  outgoing: Outgoing[];
  before: string | null;
}

export type Speak = "person" | "account";

export interface Draft {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  speak: Speak;
}

export interface Limits {
  text: number;
  quick_replies: number;
  quick_reply_label: number;
  quick_reply_description: number;
  quick_reply_metadata: number;
  buttons: number;
  button_label: number;
}

export interface Sends {
  most: number;
  left: number;
  resets_at: string | null;
}

export interface Composer {
  draft: Draft;
  speaker: { profile: string | null; signature: string };
  sends: Sends | null;
  limits: Limits;
}

export interface Canned {
  canned_id: string;
  name: string;
  text: string;
}

export interface Voices {
  profiles: { profile_id: string; name: string }[];
  people: { person_id: string; name: string; profile_id: string | null; profile: string | null }[];
  problem: string;
}

export interface Change {
  kind: string;
  account_id: string;
  conversation_id: string;
  ref: string;
  at: string;
}
