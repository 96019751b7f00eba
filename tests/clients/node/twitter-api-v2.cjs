"use strict";

const { TwitterApi } = require("twitter-api-v2");
const { run, check, who } = require("./steps.cjs");

const user = new TwitterApi({
  appKey: who.consumer_key,
  appSecret: who.consumer_secret,
  accessToken: who.token,
  accessSecret: who.token_secret,
});
const app = new TwitterApi({ appKey: who.consumer_key, appSecret: who.consumer_secret });
let id = "1";

run({
  "send a message with quick replies": async () => {
    const sent = await user.v1.sendDm({
      recipient_id: "2002",
      text: "How can we help? (a*b!'c)",
      quick_reply: { type: "options", options: [{ label: "Track", metadata: "flow:track" }] },
    });
    id = sent.event.id;
    check(sent.event.message_create.message_data.quick_reply.options.length === 1, sent);
  },
  "show it": async () => {
    const shown = await user.v1.getDmEvent(id);
    check(shown.event.id === id, shown);
  },
  "list messages": async () => {
    const listed = await user.v1.listDmEvents({ count: 5 });
    check(listed.events[0].id === id, listed.events);
  },
  "register a webhook": async () => {
    const url = process.env.HOOK;
    const made = await user.v1.post("account_activity/all/prod/webhooks.json", { url });
    check(made.valid === true, made);
  },
  "list webhooks with a bearer token": async () => {
    const client = await app.appLogin();
    const found = await client.v1.get("account_activity/all/prod/webhooks.json");
    check(found[0].url === process.env.HOOK, found);
  },
  subscribe: async () => {
    await user.v1.post("account_activity/all/prod/subscriptions.json");
  },
  "verify credentials": async () => {
    const me = await user.v1.verifyCredentials();
    check(me.screen_name === "acme", me);
  },
  "send a picture uploaded in chunks": async () => {
    const picture = Buffer.from(process.env.PICTURE, "base64");
    const media_id = await user.v1.uploadMedia(picture, { mimeType: "image/png", target: "dm" });
    const attachment = { type: "media", media: { id: media_id } };
    const sent = await user.v1.sendDm({ recipient_id: "2002", text: "look", attachment });
    check(sent.event.message_create.message_data.attachment.media.type === "photo", sent);
  },
  "welcome customers by default": async () => {
    const made = await user.v1.newWelcomeDm("hello", { text: "Welcome!" });
    const rule = await user.v1.newWelcomeDmRule(made.welcome_message.id);
    check(rule.welcome_message_rule.welcome_message_id === made.welcome_message.id, rule);
  },
  "write a Post": async () => {
    const post = await user.v1.tweet("hello (world)! it's 50% *off* & more");
    check(post.user.screen_name === "acme", post);
  },
  "write a Post with a picture": async () => {
    const picture = Buffer.from(process.env.PICTURE, "base64");
    const id = await user.v1.uploadMedia(picture, { mimeType: "image/png" });
    const post = await user.v1.tweet("look", { media_ids: id });
    check(post.extended_entities.media[0].id_str === id, post);
  },
  "page through all messages": async () => {
    const found = [];
    for await (const event of await user.v1.listDmEvents({ count: 1 })) found.push(event.id);
    check(found.length === 2 && found.includes(id), found);
  },
  "list, change and end welcome messages and rules": async () => {
    const [message] = (await user.v1.listWelcomeDms()).welcomeMessages;
    const changed = await user.v1.updateWelcomeDm(message.id, { text: "Welcome back!" });
    check(changed.welcome_message.message_data.text === "Welcome back!", changed);
    const { welcome_message_rules: [rule] } = await user.v1.listWelcomeDmRules();
    const shown = await user.v1.getWelcomeDmRule(rule.id);
    check(shown.welcome_message_rule.welcome_message_id === message.id, shown);
    await user.v1.deleteWelcomeDmRule(rule.id);
    await user.v1.deleteWelcomeDm(message.id);
    const left = await user.v1.listWelcomeDmRules();
    check(Object.keys(left).length === 0, left);
  },
  "learn of a refusal": async () => {
    const error = await user.v1.getDmEvent("1").then(
      () => undefined,
      (refused) => refused,
    );
    check(error.code === 404 && error.hasErrorCode(34), error);
  },
  "begin to type": () => user.v1.indicateDmTyping("2002"),
  "delete a message": () => user.v1.deleteDm(id),
  "authorize by PIN": async () => {
    const link = await app.generateAuthLink("oob");
    check(link.oauth_callback_confirmed === "true", link);
  },
});
