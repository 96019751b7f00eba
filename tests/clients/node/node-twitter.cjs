"use strict";

const Twitter = require("twitter");
const { run, check, who } = require("./steps.cjs");

const user = new Twitter({
  consumer_key: who.consumer_key,
  consumer_secret: who.consumer_secret,
  access_token_key: who.token,
  access_token_secret: who.token_secret,
});
const picture = Buffer.from(process.env.PICTURE, "base64");
let id = "1";

run({
  "upload a picture": async () => {
    const media = await user.post("media/upload", { media: picture });
    id = media.media_id_string;
    check(media.image.image_type === "image/png", media);
  },
  "upload in pieces": async () => {
    const begin = { command: "INIT", total_bytes: picture.length, media_type: "image/png" };
    const { media_id_string: media_id } = await user.post("media/upload", begin);
    await user.post("media/upload", { command: "APPEND", media_id, media: picture, segment_index: 0 });
    const done = await user.post("media/upload", { command: "FINALIZE", media_id });
    check(done.size === picture.length, done);
  },
  "write a Post with it": async () => {
    const status = "hello (world)! it's 50% *off* & more";
    const post = await user.post("statuses/update", { status, media_ids: id });
    id = post.id_str;
    check(post.entities.media[0].type === "photo", post);
  },
  "like it": async () => check((await user.post("favorites/create", { id })).favorited, id),
  "list messages": async () => {
    const listed = await user.get("direct_messages/events/list", { count: 5 });
    check(listed.events.length === 0, listed);
  },
  "register a webhook": async () => {
    const made = await user.post("account_activity/all/prod/webhooks", { url: process.env.HOOK });
    check(made.valid === true, made);
  },
  subscribe: () => user.post("account_activity/all/prod/subscriptions", {}),
  "verify credentials": async () => {
    const me = await user.get("account/verify_credentials", {});
    check(me.screen_name === "acme", me);
  },
});
