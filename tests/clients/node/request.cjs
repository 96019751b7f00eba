// As X's own sample, account-activity-dashboard, and most bots of its time ask: `request`, with
// its `oauth` option.
"use strict";

const { promisify } = require("node:util");
const request = require("request");
const { run, check, who } = require("./steps.cjs");

const API = "https://api.twitter.com";
const ALL = `${API}/1.1/account_activity/all`;
const MESSAGES = `${API}/1.1/direct_messages`;
const oauth = { ...who };
const event = {
  type: "message_create",
  message_create: {
    target: { recipient_id: "2002" },
    message_data: { text: "Café (really!) & 50% *off* + ü's" },
  },
};
const ask = async (options) => {
  const answer = await promisify(request)({ agent: false, oauth, ...options });
  if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${JSON.stringify(answer.body)}`);
  return answer;
};
let bearer = "";
let id = "1";

run({
  "get a bearer token": async () => {
    const auth = { user: who.consumer_key, pass: who.consumer_secret };
    const form = { grant_type: "client_credentials" };
    const { body } = await ask({ url: `${API}/oauth2/token`, method: "POST", auth, form, oauth: undefined });
    bearer = JSON.parse(body).access_token;
    check(bearer, body);
  },
  "register a webhook": async () => {
    const headers = { "Content-type": "application/x-www-form-urlencoded" };
    const form = { url: process.env.HOOK };
    const { body } = await ask({ url: `${ALL}/prod/webhooks.json`, method: "POST", headers, form });
    id = JSON.parse(body).id;
    check(JSON.parse(body).valid === true, body);
  },
  "list webhooks": async () => {
    const url = `${ALL}/prod/webhooks.json`;
    const { body } = await ask({ url, json: true, auth: { bearer }, oauth: undefined });
    check(body[0].id === id, body);
  },
  "have it challenged": () => ask({ url: `${ALL}/prod/webhooks/${id}.json`, method: "PUT" }),
  subscribe: async () => {
    const answer = await ask({ url: `${ALL}/prod/subscriptions.json`, method: "POST" });
    check(answer.statusCode === 204, answer.statusCode);
  },
  "count subscriptions": async () => {
    const url = `${ALL}/subscriptions/count.json`;
    const { body } = await ask({ url, json: true, auth: { bearer }, oauth: undefined });
    check(body.subscriptions_count === "1", body);
  },
  "send a message": async () => {
    const url = `${MESSAGES}/events/new.json`;
    const { body } = await ask({ url, method: "POST", json: true, body: { event } });
    id = body.event.id;
    check(id, body);
  },
  "send another, its body hashed": async () => {
    const options = { url: `${MESSAGES}/events/new.json`, method: "POST", body: JSON.stringify({ event }) };
    const headers = { "content-type": "application/json" };
    const { body } = await ask({ ...options, headers, oauth: { ...oauth, body_hash: true } });
    check(JSON.parse(body).event.id > id, body);
  },
  "show that it is typing": () => {
    const form = { recipient_id: "2002" };
    return ask({ url: `${MESSAGES}/indicate_typing.json`, method: "POST", form });
  },
  "show one, signed in the query": async () => {
    const options = { url: `${MESSAGES}/events/show.json`, qs: { id }, json: true };
    const { body } = await ask({ ...options, oauth: { ...oauth, transport_method: "query" } });
    check(body.event.id === id, body);
  },
  "write a Post": async () => {
    const form = { status: "hello (world)! it's 50% *off* & more" };
    const { body } = await ask({ url: `${API}/1.1/statuses/update.json`, method: "POST", form });
    check(JSON.parse(body).user.screen_name === "acme", body);
  },
  "upload a picture": async () => {
    const url = "https://upload.twitter.com/1.1/media/upload.json";
    const media = { value: Buffer.from(process.env.PICTURE, "base64"), options: { filename: "a.png" } };
    const { body } = await ask({ url, method: "POST", formData: { media } });
    check(JSON.parse(body).image.image_type === "image/png", body);
  },
});
