"use strict";

const Twitter = require("twitter-lite");
const { verifierAt } = require("./people.cjs");
const { run, check, who } = require("./steps.cjs");

const keys = { consumer_key: who.consumer_key, consumer_secret: who.consumer_secret };
const tokens = { access_token_key: who.token, access_token_secret: who.token_secret };
const user = new Twitter({ ...keys, ...tokens });
const uploads = new Twitter({ ...keys, ...tokens, subdomain: "upload" });
const text = "Café (really!) & 50% *off* + ü's";
const event = {
  type: "message_create",
  message_create: { target: { recipient_id: "2002" }, message_data: { text } },
};
let id = "1";

run({
  "agree as a person": async () => {
    const begun = await new Twitter(keys).getRequestToken(process.env.CALLBACK);
    const { oauth_token } = begun;
    const page = `https://api.twitter.com/oauth/authorize?oauth_token=${oauth_token}&screen_name=ada`;
    const oauth_verifier = await verifierAt(page);
    const got = await new Twitter(keys).getAccessToken({ oauth_token, oauth_verifier });
    check(got.screen_name === "ada", got);
  },
  "ask with a bearer token": async () => {
    const { access_token } = await new Twitter(keys).getBearerToken();
    const app = new Twitter({ ...keys, bearer_token: access_token });
    check((await app.get("users/show", { screen_name: "ada" })).id_str === "2002", access_token);
  },
  "send a message": async () => {
    const sent = await user.post("direct_messages/events/new", { event });
    id = sent.event.id;
    check(sent.event.message_create.message_data.text.startsWith("Café"), sent);
  },
  "show it": async () => {
    const shown = await user.get("direct_messages/events/show", { id });
    check(shown.event.id === id, shown);
  },
  "list messages": async () => {
    const listed = await user.get("direct_messages/events/list", { count: 5 });
    check(listed.events[0].id === id, listed);
  },
  "show that it is typing": async () => {
    const done = await user.post("direct_messages/indicate_typing", { recipient_id: "2002" });
    check(Object.keys(done).join() === "_headers", done);
  },
  "keep a welcome message": async () => {
    const welcome_message = { name: "hello", message_data: { text } };
    const kept = await user.post("direct_messages/welcome_messages/new", { welcome_message });
    id = kept.welcome_message.id;
    check(kept.welcome_message.name === "hello", kept);
  },
  "change it": async () => {
    const change = { message_data: { text: "Hello" } };
    const changed = await user.put("direct_messages/welcome_messages/update", { id }, change);
    check(changed.welcome_message.message_data.text === "Hello", changed);
  },
  "make it the default": async () => {
    const welcome_message_rule = { welcome_message_id: id };
    const path = "direct_messages/welcome_messages/rules/new";
    const made = await user.post(path, { welcome_message_rule });
    check(made.welcome_message_rule.welcome_message_id === id, made);
  },
  "describe a picture": async () => {
    const media = await uploads.post("media/upload", { media_data: process.env.PICTURE });
    const alt_text = { text: "a picture" };
    await uploads.post("media/metadata/create", { media_id: media.media_id_string, alt_text });
    const post = { status: "look", media_ids: media.media_id_string };
    const shown = await user.post("statuses/update", post);
    check(shown.entities.media[0].ext_alt_text === "a picture", shown);
  },
  "write a Post": async () => {
    const shown = await user.post("statuses/update", { status: text });
    check(shown.text === text.replace("&", "&amp;"), shown);
  },
  "register a webhook": async () => {
    const made = await user.post("account_activity/all/prod/webhooks", { url: process.env.HOOK });
    check(made.valid === true, made);
  },
  subscribe: () => user.post("account_activity/all/prod/subscriptions", {}),
  "verify credentials": async () => {
    const me = await user.get("account/verify_credentials", { skip_status: true });
    check(me.screen_name === "acme", me);
  },
});
