import { expect, test } from "vitest";
import { troubles } from "./troubles";
import type { ConnectedAccount, WebhookState } from "./wireActivity";

const account: ConnectedAccount = {
  account_id: "11",
  name: "acme",
  screen_name: "acme",
  app: "main",
  bot: "helper",
  state: "connected",
  reason: "",
  source: "settings",
  last_event_at: null,
};
const webhook: WebhookState = {
  app: "main",
  env_name: "prod",
  label: "main",
  is_needed: true,
  url: "https://a.example/x",
  registered_url: "https://a.example/x",
  webhook_id: "1",
  state: "valid",
  challenged_at: null,
  delivered_at: null,
  problem: "",
  n_subscribed: 1,
  n_allowed: 15,
};
const subscribed = { account_id: "11", is_subscribed: true, problem: "" };

test("where all is well there are none", () => {
  expect(troubles([account], [webhook], [subscribed])).toEqual([]);
});

test("each is named", () => {
  const found = troubles(
    [{ ...account, state: "paused", reason: "by an operator" }],
    [{ ...webhook, state: "invalid" }],
    [
      { ...subscribed, is_subscribed: false },
      { ...subscribed, account_id: "12", is_subscribed: null, problem: "no answer" },
    ],
  );
  expect(found.map((one) => one.code)).toEqual(["webhook", "not_subscribed", "unknown", "account"]);
});

test("an environment that nobody is in needs no webhook", () => {
  const staging = { ...webhook, label: "main/staging", env_name: "staging", state: "missing" as const };
  expect(troubles([account], [webhook, { ...staging, is_needed: false }], [subscribed])).toEqual([]);
  expect(troubles([account], [webhook, staging], [subscribed])).toEqual([
    { code: "webhook", label: "main/staging", state: "missing", problem: "" },
  ]);
});

test("an account that is connected no more is no trouble", () => {
  expect(troubles([{ ...account, source: "none", state: "unlisted" }], [webhook], [])).toEqual([]);
});
