"use strict";

const { promisify } = require("node:util");
const { OAuth } = require("oauth");
const { verifierAt } = require("./people.cjs");
const { run, check, who } = require("./steps.cjs");

const API = "https://api.twitter.com";
const V1 = `${API}/1.1`;
const text = "Café (really!) & 50% *off* + ü's";
const event = {
  type: "message_create",
  message_create: { target: { recipient_id: "2002" }, message_data: { text } },
};

// As X's own page about it makes one: version 1.0A, a callback, HMAC-SHA1.
const made = (method) =>
  new OAuth(
    `${API}/oauth/request_token`,
    `${API}/oauth/access_token`,
    who.consumer_key,
    who.consumer_secret,
    "1.0A",
    process.env.CALLBACK,
    method,
  );
const oauth = made("HMAC-SHA1");
const tokens = [who.token, who.token_secret];

// Its callbacks have more than one result, of which these want the first.
const call = (name, by = oauth) => promisify(by[name].bind(by));
const get = async (url, by) => JSON.parse(await call("get", by)(url, ...tokens));
const post = async (url, ...rest) => JSON.parse((await call("post")(url, ...tokens, ...rest)) || "{}");
let id = "1";

function agree() {
  return new Promise((resolve, reject) => {
    oauth.getOAuthRequestToken({ x_auth_access_type: "read" }, async (failed, token, secret) => {
      if (failed) return reject(new Error(JSON.stringify(failed)));
      try {
        const page = `${API}/oauth/authenticate?oauth_token=${token}&screen_name=ada`;
        const verifier = await verifierAt(page);
        oauth.getOAuthAccessToken(token, secret, verifier, (wrong, _token, _secret, rest) =>
          wrong ? reject(new Error(JSON.stringify(wrong))) : resolve(rest),
        );
      } catch (error) {
        reject(error);
      }
    });
  });
}

run({
  "agree as a person": async () => {
    const rest = await agree();
    check(rest.screen_name === "ada", rest);
  },
  "send a message": async () => {
    const body = JSON.stringify({ event });
    const sent = await post(`${V1}/direct_messages/events/new.json`, body, "application/json");
    id = sent.event.id;
    check(sent.event.message_create.message_data.text.startsWith("Café"), sent);
  },
  "show it": async () => {
    const shown = await get(`${V1}/direct_messages/events/show.json?id=${id}`);
    check(shown.event.id === id, shown);
  },
  "list messages, signed with SHA-256": async () => {
    const listed = await get(`${V1}/direct_messages/events/list.json?count=5`, made("HMAC-SHA256"));
    check(listed.events[0].id === id, listed);
  },
  "show that it is typing": () =>
    post(`${V1}/direct_messages/indicate_typing.json`, { recipient_id: "2002" }),
  "delete it": () => call("delete")(`${V1}/direct_messages/events/destroy.json?id=${id}`, ...tokens),
  "write a Post": async () => {
    const shown = await post(`${V1}/statuses/update.json?include_entities=true`, { status: text });
    check(shown.text === text.replace("&", "&amp;"), shown);
  },
  "look somebody up by a signed address": async () => {
    const url = `${V1}/users/show.json?screen_name=ada`;
    const answer = await fetchSigned(oauth.signUrl(url, ...tokens, "GET"));
    check(answer.id_str === "2002", answer);
  },
  "register a webhook": async () => {
    const url = `${V1}/account_activity/all/prod/webhooks.json`;
    const webhook = await post(`${url}?url=${encodeURIComponent(process.env.HOOK)}`, "", null);
    id = webhook.id;
    check(webhook.valid === true, webhook);
  },
  "have it challenged": () =>
    call("put")(`${V1}/account_activity/all/prod/webhooks/${id}.json`, ...tokens, {}, null),
  subscribe: () => post(`${V1}/account_activity/all/prod/subscriptions.json`, {}),
  "verify credentials": async () => {
    const me = await get(`${V1}/account/verify_credentials.json`);
    check(me.screen_name === "acme", me);
  },
});

async function fetchSigned(url) {
  const https = require("node:https");
  return new Promise((resolve, reject) => {
    https
      .get(url, { agent: false }, (answer) => {
        let said = "";
        answer.on("data", (part) => (said += part));
        answer.on("end", () => resolve(JSON.parse(said)));
      })
      .on("error", reject);
  });
}
