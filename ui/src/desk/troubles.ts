/** What keeps events from coming in at all, from what X says of accounts, webhooks, subscriptions. */
import type { ConnectedAccount, Subscription, WebhookState } from "./wireActivity";

export type Trouble =
  | { code: "not_subscribed"; account: string }
  | { code: "unknown"; account: string; problem: string }
  | { code: "webhook"; label: string; state: WebhookState["state"]; problem: string }
  | { code: "account"; account: string; state: string; reason: string };

/** Accounts that are served no more are no trouble, and neither are environments without accounts. */
export function troubles(
  accounts: readonly ConnectedAccount[],
  webhooks: readonly WebhookState[],
  subscriptions: readonly Subscription[],
): Trouble[] {
  return [
    ...webhooks
      .filter((one) => one.is_needed && one.state !== "valid")
      .map(({ label, state, problem }) => ({ code: "webhook" as const, label, state, problem })),
    ...subscriptions
      .filter((one) => one.is_subscribed !== true)
      .map(({ account_id, is_subscribed, problem }) =>
        is_subscribed === null
          ? { code: "unknown" as const, account: account_id, problem }
          : { code: "not_subscribed" as const, account: account_id },
      ),
    ...accounts
      .filter((one) => one.source !== "none" && one.state !== "connected")
      .map(({ account_id, state, reason }) => ({ code: "account" as const, account: account_id, state, reason })),
  ];
}
