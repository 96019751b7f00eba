/** A conversation as a pytest test: what the customer did, and that the same answers come. */
import { unescape } from "./text";
import type { MessageEvent, User } from "./wire";

/** A pause that an answer or a person took, and that the test lets pass on its own clock. */
const PAUSE_MS = 60_000;
const WIDTH = 100;

type Step =
  | { kind: "say"; texts: string[] }
  | { kind: "tap"; label: string }
  | { kind: "wait"; seconds: number }
  | { kind: "answers"; texts: string[] };

/** A file, and what it is called. */
export interface PytestFile {
  name: string;
  text: string;
}

/** Write a conversation as a test of the bot, to be put beside its other tests.
 *
 * Pictures that the customer sent are left out, for the file has only words.
 */
export function pytestFile(events: readonly MessageEvent[], customer: User): PytestFile {
  const who = customer.screen_name.toLowerCase();
  const steps = stepsOf(events, customer);
  const usesTime = steps.some(({ kind }) => kind === "wait");
  const lines = [
    `"""A conversation with @${customer.screen_name}, as it was on the phone. \`bot\` is a fixture of conftest.py."""`,
    "",
    "from __future__ import annotations",
    "",
    ...(usesTime ? ["from datetime import timedelta", ""] : []),
    "from roost.testing.bot_tester import BotTester",
    "",
    "",
    `async def test_the_conversation_with_${who}(tester: BotTester) -> None:`,
    `    customer = tester.customer(${literal(customer.screen_name)})`,
    ...body(steps),
  ];
  return { name: `test_conversation_with_${who}.py`, text: `${lines.join("\n")}\n` };
}

function body(steps: readonly Step[]): string[] {
  let seen = 0;
  return steps.flatMap((step) => {
    if (step.kind === "say") return ["", ...call("await customer.says(", step.texts, ")")];
    if (step.kind === "tap") return ["", `    await customer.taps(${literal(step.label)})`];
    if (step.kind === "wait") return ["", `    await tester.advance(timedelta(seconds=${step.seconds}))`];
    const from = seen;
    seen += step.texts.length;
    return call(`assert [one.text for one in customer.sees[${from}:]] == [`, step.texts, "]");
  });
}

/** What an account says before it was written to is no answer, and no bot of a test says it. */
function stepsOf(events: readonly MessageEvent[], customer: User): Step[] {
  const steps: Step[] = [];
  let at: number | undefined;
  for (const event of events) {
    const isCustomer = event.message_create.sender_id === customer.user_id;
    if (steps.length === 0 && !isCustomer) continue;
    const now = Number(event.created_timestamp);
    if (at !== undefined && now - at > PAUSE_MS) {
      steps.push({ kind: "wait", seconds: Math.ceil((now - at) / 1_000) });
    }
    at = now;
    add(steps, event, isCustomer);
  }
  return steps;
}

function add(steps: Step[], event: MessageEvent, isCustomer: boolean): void {
  const { message_data: data } = event.message_create;
  const text = textOf(event);
  const last = steps.at(-1);
  if (!isCustomer) {
    if (last?.kind === "answers") last.texts.push(text);
    else steps.push({ kind: "answers", texts: [text] });
  } else if (data.quick_reply_response !== undefined) {
    steps.push({ kind: "tap", label: text });
  } else if (text !== "") {
    if (last?.kind === "say") last.texts.push(text);
    else steps.push({ kind: "say", texts: [text] });
  }
}

/** The text as it was written: escapes undone, links whole, without what stands for media. */
function textOf({ message_create: { message_data: data } }: MessageEvent): string {
  const media = data.attachment?.type === "media" ? data.attachment.media.url : "";
  let text = data.text;
  if (media !== "" && text.endsWith(media)) text = text.slice(0, -media.length).trimEnd();
  for (const { url, expanded_url } of data.entities?.urls ?? []) {
    if (url !== "") text = text.replaceAll(url, () => expanded_url);
  }
  return unescape(text);
}

function call(begin: string, texts: readonly string[], end: string): string[] {
  const short = `    ${begin}${texts.map(literal).join(", ")}${end}`;
  if (short.length <= WIDTH) return [short];
  return [`    ${begin}`, ...texts.map((text) => `        ${literal(text)},`), `    ${end}`];
}

/** A string of JSON is one of Python too. */
function literal(text: string): string {
  return JSON.stringify(text);
}
