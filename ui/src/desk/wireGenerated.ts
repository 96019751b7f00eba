/** What the desk's API says of itself, written by `python -m tests.wire_types`. */
export interface Account { account_id: string; screen_name: string; bot: string; }
export interface AltText { alt_text: string; }
export interface Assign { person_id: string | null; }
export interface Beginning {
  kind: "welcome_message" | "post" | "blocked" | "followed" | "liked" | "mentioned" | "muted" | "quoted" | "replied" | "reposted" | "unblocked" | "unfollowed" | "unmuted";
  at: string;
  x_id: string;
  name: string;
  text: string;
  event_key: string;
  is_ours: boolean;
}
export interface Canned { canned_id: string; name: string; text: string; }
export interface CannedReplies { canned: Canned[]; }
export interface Cause {
  code: "wrong_secret" | "refused_unread" | "waiting" | "agent_has_it" | "queue_has_it" | "resolved" | "handler_failed" | "ignored" | "history" | "bot_silent" | "rate_limited" | "uncertain" | "refused_by_x" | "given_up" | "held_back";
  detail: string;
  until: string | null;
}
export interface ChangedPerson { name: string; role: Role; accounts: string[] | null; is_active: boolean; }
export interface ChangedWelcome { text: string; quick_replies: Option[]; buttons: Link[]; media_id: string; }
export interface ChoosePassword { token: string; password: string; }
export interface ChooseProfile { profile_id: string; }
export interface Colleague { person_id: string; name: string; }
export interface Composer { draft: Draft; speaker: desk_wire_composing_Speaker; sends: Sends | null; limits: Limits; }
export interface ConnectedAccount {
  account_id: string;
  name: string;
  screen_name: string;
  app: string;
  bot: string;
  state: string;
  reason: string;
  source: string;
  last_event_at: string | null;
}
export interface ConnectedAccounts { accounts: ConnectedAccount[]; }
export interface Conversation {
  account_id: string;
  conversation_id: string;
  customer: Customer;
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
  seen_position: string | null;
  dialog: string;
  dialog_step: string;
  last_speaker: "customer" | "bot" | "person" | "elsewhere" | "ours" | "";
  last_person_id: string | null;
  is_marked_unread: boolean;
}
export interface Conversations { conversations: Conversation[]; after: string | null; }
export interface Counts { now: string; mine: number; unassigned: number; bot: number; snoozed: number; resolved: number; all: number; }
export interface Customer { user_id: string; screen_name: string; name: string; }
export interface CustomerActivity {
  kind: "blocked" | "followed" | "liked" | "mentioned" | "muted" | "quoted" | "replied" | "reposted" | "unblocked" | "unfollowed" | "unmuted";
  event_key: string;
  at: string;
  is_ours: boolean;
  post_id: string;
  author: string;
  text: string;
}
export interface CustomerErased { conversations: number; messages: number; deliveries: number; traces: Traces; }
export interface CustomerExport {
  account_id: string;
  customer_id: string;
  profile: CustomerProfile;
  activities: CustomerActivity[];
  conversations: ExportedConversation[];
  records: Record<string, (Record<string, string | null>)[]>;
}
export interface CustomerHistory { activities: CustomerActivity[]; before: string | null; }
export interface CustomerNote { account_id: string; conversation_id: string; person_id: string | null; text: string; at: string; }
export interface CustomerPanel {
  profile: CustomerProfile;
  first_at: string | null;
  last_at: string | null;
  received: number;
  sent: number;
  beginning: Beginning | null;
  episodes: Episode[];
  conversations: Conversation[];
  notes: CustomerNote[];
}
export interface CustomerProfile {
  user_id: string;
  screen_name: string;
  name: string;
  description: string;
  location: string;
  website: string;
  followers: number | null;
  following: number | null;
  posts: number | null;
  is_verified: boolean;
  is_protected: boolean;
  joined_at: string | null;
  has_picture: boolean;
  told_at: string | null;
}
export interface DefaultRule { rule_id: string; }
export interface DefaultWelcome { welcome_id: string; }
export interface Done { conversation: Conversation; }
export interface Draft { text: string; quick_replies: Option[]; buttons: Link[]; speak: "person" | "account"; note: string; }
export interface Episode { message_id: string; text: string; began_at: string; resolved_at: string; person_id: string | null; }
export interface ExportedConversation {
  conversation: Conversation;
  lines: Line[];
  remarks: Remark[];
  outgoing: Outgoing[];
  memories: ExportedMemory[];
}
export interface ExportedMemory { scope: model_memories_Scope; name: string; value: string; }
export interface FoundCustomer { account_id: string; conversation_id: string; customer: Customer; last_at: string; }
export interface FoundCustomers { customers: FoundCustomer[]; after: string | null; }
export interface FoundMessage {
  account_id: string;
  conversation_id: string;
  customer: Customer;
  message_id: string;
  is_received: boolean;
  at: string;
  snippet: SnippetPart[];
}
export interface FoundMessages { messages: FoundMessage[]; after: string | null; }
export interface Happening {
  what: "event" | "delivery" | "rejection";
  at: string;
  account_id: string;
  app: string;
  kind: string;
  key: string;
  conversation_id: string;
  status: Status;
  reason: string;
  dialect: string;
  attempts: number;
  n: number;
  cause: Cause | null;
}
export interface Happenings { happenings: Happening[]; after: string | null; }
export interface Invitation { login: string; name: string; purpose: "enter" | "choose"; }
export interface Invite { login: string; name: string; role: Role; accounts: string[] | null; }
export interface Invited { person_id: string; path: string; }
export interface KeyInfo {
  key_id: string;
  person_id: string;
  name: string;
  scope: ports_api_keys_Scope;
  created_at: string;
  used_at: string | null;
  revoked_at: string | null;
}
export interface Keys { keys: KeyInfo[]; }
export interface LackingWelcome { text: string; quick_replies: Option[]; buttons: Link[]; name: string; is_default: boolean; }
export interface Limits {
  text: number;
  quick_replies: number;
  quick_reply_label: number;
  quick_reply_description: number;
  quick_reply_metadata: number;
  buttons: number;
  button_label: number;
}
export interface Line {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  attachment: "" | "photo" | "animated_gif" | "video" | "media" | "location";
  message_id: string;
  position: string;
  at: string;
  speaker: ports_desk_Speaker;
  person_id: string | null;
  is_quick_reply: boolean;
  chosen: string | null;
  profile_id: string;
}
export interface Link { label: string; url: string; }
export interface LogIn { login: string; password: string; }
export interface MadeKey { key: KeyInfo; secret: string; }
export interface Me {
  person_id: string;
  login: string;
  name: string;
  role: Role;
  accounts: Account[];
  colleagues: Colleague[];
  csrf: string;
}
export interface MemberInfo {
  person_id: string;
  login: string;
  name: string;
  role: Role;
  accounts: string[] | null;
  is_active: boolean;
  has_password: boolean;
}
export interface NewCanned { name: string; text: string; }
export interface NewKey { name: string; scope: ports_api_keys_Scope; }
export interface NewProfile { name: string; media_id: string; }
export interface NewWelcome { text: string; quick_replies: Option[]; buttons: Link[]; media_id: string; name: string; profile_id: string; }
export interface Note { text: string; }
export interface OpenLink { token: string; }
export interface Option { label: string; metadata?: string | null; description?: string | null; }
export interface Outgoing {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  attachment: "" | "photo" | "animated_gif" | "video" | "media" | "location";
  media_id: string;
  profile_id: string;
  outbox_id: string;
  state: "queued" | "sending" | "uncertain" | "parked" | "dead";
  reason: string;
  attempts: number;
  due_at: string | null;
  created_at: string;
  person_id: string | null;
}
export interface People { people: MemberInfo[]; }
export interface PersonsProfile { person_id: string; name: string; profile_id: string | null; profile: string | null; }
export interface Presence { page: string; doing: "viewing" | "typing" | "gone"; }
export interface Profile { profile_id: string; name: string; }
export interface ProfileName { profile_id: string; name: string; }
export interface Remark { kind: RemarkKind; person_id: string | null; text: string; at: string; }
export type RemarkKind = "note" | "handed_off" | "taken_over" | "handed_back" | "resolved" | "reopened" | "assigned" | "unassigned" | "snoozed" | "woken" | "withheld";
export interface Reply {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  media_id: string;
  speak: "person" | "account";
  after: string | null;
  may_undo: boolean;
}
export type Role = "admin" | "agent";
export interface Sends { most: number; left: number; resets_at: string | null; }
export interface Sent { outbox_id: string; text: string; state: string; person_id: string | null; message_id: string; }
export interface SignIn { app: string | null; }
export interface SignInLink { url: string; }
export interface SnippetPart { text: string; is_match: boolean; }
export interface Snooze { until: string | null; }
export type Standing = "by_hand" | "same" | "differs" | "stale" | "unknown";
export type Status = "waiting" | "processed" | "ignored" | "late" | "quarantined" | "duplicate" | "rejected";
export interface Step {
  step: "received" | "verified" | "stored" | "turn" | "decided" | "outbox" | "sent" | "echo";
  state: "done" | "waiting" | "failed" | "skipped";
  at: string | null;
  detail: string;
  outbox_id: string;
}
export interface Subscription { account_id: string; is_subscribed: boolean | null; problem: string; }
export interface Subscriptions { subscriptions: Subscription[]; }
export interface SyncedWelcomes { made: string[]; changed: string[]; removed: string[]; default: string; profiles: string[]; }
export interface Tags { tags: string[]; before: string[] | null; }
export interface TagsInUse { tags: string[]; }
export interface TakenBack { text: string; quick_replies: Option[]; buttons: Link[]; speak: "person" | "account"; media_id: string; }
export interface Told { delivery_id: string; app: string; source: string; n_bytes: number; text: string; }
export interface Trace {
  account_id: string;
  conversation_id: string;
  event: Happening | null;
  trace_id: string;
  attempts: number;
  delivery: Told | null;
  steps: Step[];
  messages: Sent[];
  answered_with: string;
  cause: Cause | null;
  can_reprocess: boolean;
}
export type Traces = "none" | "log" | "file" | "server";
export interface Transcript { lines: Line[]; remarks: Remark[]; outgoing: Outgoing[]; profiles: ProfileName[]; before: string | null; }
export interface Uploaded { media_id: string; }
export type View = "mine" | "unassigned" | "bot" | "snoozed" | "resolved" | "tagged" | "all";
export interface Voices { profiles: Profile[]; people: PersonsProfile[]; problem: string; }
export interface WebhookState {
  app: string;
  env_name: string;
  label: string;
  is_needed: boolean;
  url: string;
  registered_url: string;
  webhook_id: string;
  state: "valid" | "invalid" | "foreign" | "missing" | "unknown";
  challenged_at: string | null;
  delivered_at: string | null;
  problem: string;
  n_subscribed: number | null;
  n_allowed: number | null;
}
export interface WebhookStates { webhooks: WebhookState[]; }
export interface WelcomeContent {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  media_id: string;
  attachment: "" | "photo" | "animated_gif" | "video";
}
export interface WelcomeMessage {
  text: string;
  quick_replies: Option[];
  buttons: Link[];
  media_id: string;
  attachment: "" | "photo" | "animated_gif" | "video";
  welcome_id: string;
  name: string;
  profile_id: string;
  is_default: boolean;
  rule_id: string;
  link: string;
  standing: Standing;
  declared: WelcomeSaid | null;
}
export interface WelcomeMessages {
  welcome_messages: WelcomeMessage[];
  lacking: LackingWelcome[];
  declared_default: string;
  is_declared_known: boolean;
  problem: string;
  limits: Limits;
}
export interface WelcomeSaid { text: string; quick_replies: Option[]; buttons: Link[]; }
export interface desk_wire_composing_Speaker { profile: string | null; signature: string; }
export type model_memories_Scope = "customer" | "conversation";
export type ports_api_keys_Scope = "read" | "write" | "admin";
export type ports_desk_Speaker = "customer" | "bot" | "person" | "elsewhere" | "ours";
