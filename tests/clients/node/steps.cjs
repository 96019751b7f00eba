// Runs one step after the other and says of each, on a line of JSON, how it ended.
"use strict";

const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const wait = () => new Promise((resolve) => process.stdin.once("data", resolve));

async function run(steps) {
  for (const [step, act] of Object.entries(steps)) {
    try {
      await act();
      say({ step, ok: true });
    } catch (error) {
      say({ step, ok: false, error: String(error?.message ?? error) });
    }
  }
}

function check(is, what) {
  if (!is) throw new Error(`not as expected: ${JSON.stringify(what)}`);
}

// What libraries print is not for the test.
console.log = console.error;

module.exports = { run, check, say, wait, who: JSON.parse(process.env.WHO) };
