/** What the API says to admins, as `/api/openapi.json` describes it. */

export type Status =
  | "waiting"
  | "processed"
  | "ignored"
  | "late"
  | "quarantined"
  | "duplicate"
  | "rejected";

export type CauseCode =
  | "wrong_secret"
  | "refused_unread"
  | "waiting"
  | "agent_has_it"
  | "queue_has_it"
  | "resolved"
  | "handler_failed"
  | "ignored"
  | "history"
  | "bot_silent"
  | "rate_limited"
  | "uncertain"
  | "refused_by_x"
  | "given_up"
  | "held_back";

export interface Cause {
  code: CauseCode;
  detail: string;
  until: string | null;
}

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
  n: number;
  cause: Cause | null;
}

export interface Happenings {
  happenings: Happening[];
  after: string | null;
}

export type StepName =
  | "received"
  | "verified"
  | "stored"
  | "turn"
  | "decided"
  | "outbox"
  | "sent"
  | "echo";

export interface Step {
  step: StepName;
  state: "done" | "waiting" | "failed" | "skipped";
  at: string | null;
  detail: string;
  outbox_id: string;
}

export interface Trace {
  account_id: string;
  conversation_id: string;
  event: Happening | null;
  trace_id: string;
  attempts: number;
  delivery: { delivery_id: string; app: string; source: string; n_bytes: number; text: string } | null;
  steps: Step[];
  messages: { outbox_id: string; text: string; state: string; person_id: string | null; message_id: string }[];
  answered_with: string;
  cause: Cause | null;
  can_reprocess: boolean;
}

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

export interface WebhookState {
  app: string;
  env_name: string;
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

export interface Subscription {
  account_id: string;
  is_subscribed: boolean | null;
  problem: string;
}
