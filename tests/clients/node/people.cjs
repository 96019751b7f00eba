// A person's part in the three-legged flow: opens the page a library sends people to, where
// consent is automatic, and brings back what X's page sends along.
"use strict";

const https = require("node:https");

function verifierAt(address) {
  return new Promise((resolve, reject) => {
    const asked = https.get(address, { agent: false }, (answer) => {
      answer.resume();
      const back = answer.headers.location;
      if (!back) return reject(new Error(`no way back: ${answer.statusCode}`));
      resolve(new URL(back).searchParams.get("oauth_verifier"));
    });
    asked.on("error", reject);
  });
}

module.exports = { verifierAt };
