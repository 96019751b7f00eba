// X's hosts are the front on this machine, and nothing listens to others: for libraries that
// cannot be told where X is. Loaded before them with `node --require`.
"use strict";

const net = require("node:net");
const tls = require("node:tls");

const HOSTS = /(^|\.)(twitter\.com|x\.com)$/;
const port = Number(process.env.FRONT_PORT);

const connect = tls.connect;
tls.connect = function (...given) {
  const [first, ...rest] = given;
  if (typeof first !== "object" || !HOSTS.test(first.host ?? "")) {
    throw new Error(`not a host of X: ${first.host}`);
  }
  const servername = first.servername || first.host;
  return connect.call(tls, { ...first, host: "127.0.0.1", port, servername }, ...rest);
};

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (wanted, ...rest) {
  return listen.call(this, wanted, "127.0.0.1", ...rest);
};
