/** A message as it looks where X's options and buttons cannot go: everything in one text. */
import { segments } from "./text";
import type { Attachment, MessageData } from "./wire";

/** How many characters a text may have, in either dialect.
 *
 * Source: https://docs.x.com/x-api/direct-messages/manage/introduction (docs of 2026-08-22)
 */
const LONGEST_TEXT = 10_000;

/** What a transport can carry beside text. */
export type Dialect = "v1" | "plain";

/** A message in a dialect.
 *
 * `lost`: what is not as its author meant it, a sentence each; nothing in v1.1.
 */
export interface Rendering {
  text: string;
  lost: string[];
}

/** Write a message for a dialect.
 *
 * Direct Messages of X's v2 carry a text and media, but neither options nor buttons. Options become
 * numbered lines, which a customer can answer by number or by label; buttons become addresses.
 */
export function render(data: MessageData, dialect: Dialect): Rendering {
  const text = wholeText(data);
  if (dialect === "v1") return { text, lost: [] };
  const options = data.quick_reply?.options ?? [];
  const buttons = data.ctas ?? [];
  const lines = [
    text,
    ...options.map(({ label, description = "" }, n) =>
      `${n + 1}. ${label}${description === "" ? "" : ` (${description})`}`.replaceAll("\n", " "),
    ),
    ...buttons.map(({ label, url }) => `${label}: ${url}`),
    ...(data.attachment?.type === "location" ? [placeIn(data.attachment)] : []),
  ];
  const plain = lines.filter((line) => line !== "").join("\n").trim();
  return { text: plain, lost: [...losses(data), ...tooLong(plain)] };
}

/** Nothing is cut: X would refuse the message. */
function tooLong(text: string): string[] {
  const { length } = [...text];
  if (length <= LONGEST_TEXT) return [];
  return [`The text: ${written(length)} characters, of which ${written(LONGEST_TEXT)} fit.`];
}

function written(n: number): string {
  return n.toLocaleString("en");
}

function losses({ quick_reply, ctas = [], attachment }: MessageData): string[] {
  const found: string[] = [];
  const options = quick_reply?.options.length ?? 0;
  if (options > 0) {
    found.push(`${count(options, "quick reply", "quick replies")}: typed instead of tapped, and no metadata comes back.`);
  }
  if (ctas.length > 0) found.push(`${count(ctas.length, "button", "buttons")}: an address to tap.`);
  if (attachment?.type === "location") found.push("The location: words instead of a map.");
  return found;
}

/** The text, its short links replaced and without the one that stands for what is attached. */
function wholeText({ text, entities, attachment }: MessageData): string {
  const hidden = attachment?.type === "media" ? attachment.media.url : undefined;
  return segments(text, entities?.urls, hidden)
    .map((segment) => (segment.kind === "link" ? segment.href : segment.text))
    .join("")
    .trim();
}

function placeIn({ location }: Attachment & { type: "location" }): string {
  if (location.type === "shared_place") return `Place ${location.shared_place.place.id}`;
  const [longitude, latitude] = location.shared_coordinate.coordinates.coordinates;
  return `${latitude}, ${longitude}`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
