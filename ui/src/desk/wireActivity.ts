/** What the API says to admins: its own shapes, under the names that are used here. */
import type { Cause, Step } from "./wireGenerated";

export type {
  Cause,
  ConnectedAccount,
  Happening,
  Happenings,
  Invited,
  KeyInfo,
  LackingWelcome,
  MadeKey,
  MemberInfo,
  Standing,
  Status,
  Step,
  Subscription,
  SyncedWelcomes,
  Trace,
  WebhookState,
  WelcomeContent,
  WelcomeMessage,
  WelcomeMessages,
  WelcomeSaid,
} from "./wireGenerated";

export type CauseCode = Cause["code"];
export type StepName = Step["step"];
