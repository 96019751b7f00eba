"use strict";

const { Autohook, validateSignature } = require("twitter-autohook");
const { run, check, say, wait, who } = require("./steps.cjs");

const url = process.env.HOOK;
const hook = new Autohook({
  token: who.token,
  token_secret: who.token_secret,
  consumer_key: who.consumer_key,
  consumer_secret: who.consumer_secret,
  env: "prod",
  port: Number(process.env.HOOK_PORT),
});
let told = null;
hook.on("event", (event) => {
  told = event;
  say({ told: event });
});

(async () => {
  hook.startServer();
  await run({
    "register its webhook": () => hook.start(url),
    "list webhooks": async () => {
      const found = await hook.getWebhooks();
      check(found[0].url === url, found);
    },
    subscribe: () => hook.subscribe({ oauth_token: who.token, oauth_token_secret: who.token_secret }),
  });
  await wait();
  await run({
    "be told of a message": async () => check(told !== null, told),
    "refuse another signature": async () => {
      const header = { "x-twitter-webhooks-signature": `sha256=${"A".repeat(43)}=` };
      check(!validateSignature(header, { consumer_secret: who.consumer_secret }, "{}"), header);
    },
    unsubscribe: () => hook.unsubscribe("1001"),
    "remove its webhook": () => hook.removeWebhooks(),
  });
  process.exit(0);
})();
