"use strict";

const Twit = require("twit");
const { run, check, who } = require("./steps.cjs");

const keys = { consumer_key: who.consumer_key, consumer_secret: who.consumer_secret };
const user = new Twit({ ...keys, access_token: who.token, access_token_secret: who.token_secret });
const app = new Twit({ ...keys, app_only_auth: true });
const event = {
  type: "message_create",
  message_create: { target: { recipient_id: "2002" }, message_data: { text: "Café & 50% off + ü" } },
};
let id = "1";

run({
  "send a message": async () => {
    const { data } = await user.post("direct_messages/events/new", { event });
    id = data.event.id;
    check(data.event.message_create.message_data.text.startsWith("Café"), data);
  },
  "show it": async () => {
    const { data } = await user.get("direct_messages/events/show", { id });
    check(data.event.id === id, data);
  },
  "list messages": async () => {
    const { data } = await user.get("direct_messages/events/list", { count: 5 });
    check(data.events[0].id === id, data);
  },
  "register a webhook": async () => {
    const path = "account_activity/all/prod/webhooks";
    const { data } = await user.post(path, { url: process.env.HOOK });
    check(data.valid === true, data);
  },
  "list environments with a bearer token": async () => {
    const { data } = await app.get("account_activity/all/webhooks", {});
    check(data.environments[0].webhooks[0].url === process.env.HOOK, data);
  },
  subscribe: async () => {
    const { resp } = await user.post("account_activity/all/prod/subscriptions", {});
    check(resp.statusCode === 204, resp.statusCode);
  },
  "verify credentials": async () => {
    const { data } = await user.get("account/verify_credentials", { skip_status: true });
    check(data.screen_name === "acme", data);
  },
  "upload a picture": async () => {
    const { data } = await user.post("media/upload", { media_data: process.env.PICTURE });
    check(typeof data.media_id_string === "string", data);
  },
  "write a Post": async () => {
    const status = "hello (world)! it's 50% *off* & more";
    const { data } = await user.post("statuses/update", { status });
    check(data.user.screen_name === "acme", data);
  },
  "look up a user with a bearer token": async () => {
    const { data } = await app.get("users/show", { screen_name: "ada" });
    check(data.id_str === "2002", data);
  },
});
