/** A conversation as a file: saved, and played again by somebody new. */
import { plain } from "./text";
import type { MessageEvent, User } from "./wire";

/** One message. `metadata` where the customer tapped an option of that name. */
export interface Turn {
  from: "customer" | "account";
  text: string;
  isTap?: boolean;
  metadata?: string;
}

export interface Transcript {
  format: "roost-transcript";
  version: 1;
  /** The customer's name, which answers may repeat. */
  name: string;
  turns: Turn[];
}

/** How an answer compares with the one in the transcript; `undefined` where there is none. */
export interface Difference {
  /** Counted from 1. */
  turn: number;
  expected: string | undefined;
  found: string | undefined;
}

/** Write a conversation down, up to a message or to the end. */
export function record(
  events: readonly MessageEvent[],
  customer: User,
  upToId: string | undefined = undefined,
): Transcript {
  const end = events.findIndex(({ id }) => id === upToId);
  const turns = events.slice(0, end < 0 ? events.length : end + 1).map((event): Turn => {
    const { sender_id, message_data: data } = event.message_create;
    const text = plain(data.text, data.entities?.urls);
    if (sender_id !== customer.user_id) return { from: "account", text };
    const response = data.quick_reply_response;
    if (response === undefined) return { from: "customer", text };
    const { metadata } = response;
    return { from: "customer", text, isTap: true, ...(metadata !== undefined && { metadata }) };
  });
  return { format: "roost-transcript", version: 1, name: customer.name, turns };
}

/** Read a transcript, or say in a sentence why it is none. */
export function readTranscript(text: string): Transcript | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (problem) {
    if (!(problem instanceof SyntaxError)) throw problem;
    return `The file is not JSON: ${problem.message}.`;
  }
  const { format, version, name, turns } = (read ?? {}) as Partial<Record<keyof Transcript, unknown>>;
  if (format !== "roost-transcript") return "format: has to be “roost-transcript”.";
  if (version !== 1) return `version: this page reads 1, found ${JSON.stringify(version)}.`;
  if (typeof name !== "string" || name === "") return "name: has to be a text.";
  if (!Array.isArray(turns)) return "turns: has to be a list.";
  const wrong = turns.findIndex((turn) => !isTurn(turn));
  if (wrong >= 0) return `turns[${wrong}]: needs from (customer or account) and text.`;
  return { format, version, name, turns: turns as Turn[] };
}

/** Compare what was answered with what a transcript says. */
export function compare(transcript: Transcript, found: readonly Turn[]): Difference[] {
  const answers = found.filter(({ from }) => from === "account").map(({ text }) => text);
  const differences: Difference[] = [];
  let n = 0;
  transcript.turns.forEach(({ from, text }, at) => {
    if (from !== "account") return;
    const answer = answers[n++];
    if (answer !== text) differences.push({ turn: at + 1, expected: text, found: answer });
  });
  for (const answer of answers.slice(n)) {
    differences.push({ turn: transcript.turns.length + 1, expected: undefined, found: answer });
  }
  return differences;
}

function isTurn(turn: unknown): turn is Turn {
  const { from, text } = (turn ?? {}) as Partial<Record<keyof Turn, unknown>>;
  return (from === "customer" || from === "account") && typeof text === "string";
}
