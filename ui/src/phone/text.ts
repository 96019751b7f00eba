/** A message's text as a person reads it: X's escapes undone, its short links replaced.
 *
 * Gives plain values and never HTML; what shows them escapes them again.
 */
import type { UrlEntity } from "./wire";

/** A run of text, or a link; `href` is always `http` or `https`. */
export type Segment = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

const ESCAPES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undo the three escapes of X, once: `&amp;lt;` is the text `&lt;`. */
export function unescape(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (found) => ESCAPES[found] ?? found);
}

/** Give an address back if a browser may safely open it, else `null`. */
export function webAddress(url: string): string | null {
  if (!URL.canParse(url)) return null;
  return ["http:", "https:"].includes(new URL(url).protocol) ? url : null;
}

/** Cut a message's text at its links.
 *
 * Links are found by their short address, not by X's `indices`, whose unit X does not document for
 * characters beyond the basic plane.
 *
 * @param hidden A short address that stands for something shown in another way, such as a photo.
 */
export function segments(
  text: string,
  urls: readonly UrlEntity[] = [],
  hidden: string | undefined = undefined,
): Segment[] {
  const shown = without(text, hidden);
  const found: Segment[] = [];
  let from = 0;
  for (const { entity, at } of occurrences(shown, urls)) {
    found.push({ kind: "text", text: unescape(shown.slice(from, at)) }, link(entity));
    from = at + entity.url.length;
  }
  found.push({ kind: "text", text: unescape(shown.slice(from)) });
  return found.filter((segment) => segment.text !== "");
}

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})/u;
const MOST_LARGE = 3;

/** Whether a text is a few emoji and nothing else, which are then shown large. */
export function isFewEmoji(text: string): boolean {
  const signs = [...new Intl.Segmenter().segment(text.trim())].map(({ segment }) => segment);
  return signs.length > 0 && signs.length <= MOST_LARGE && signs.every((sign) => EMOJI.test(sign));
}

/** A message's text in one line, for instance to say which question an answer belongs to. */
export function plain(text: string, urls: readonly UrlEntity[] = []): string {
  return segments(text, urls)
    .map((segment) => segment.text)
    .join("")
    .replace(/\s+/g, " ")
    .trim();
}

/** X puts the short address of what is attached at the end, after a space. */
function without(text: string, hidden: string | undefined): string {
  if (hidden === undefined || hidden === "" || !text.endsWith(hidden)) return text;
  return text.slice(0, -hidden.length).trimEnd();
}

function occurrences(text: string, urls: readonly UrlEntity[]): { entity: UrlEntity; at: number }[] {
  const found: { entity: UrlEntity; at: number }[] = [];
  const next = new Map<string, number>();
  for (const entity of urls) {
    const at = entity.url === "" ? -1 : text.indexOf(entity.url, next.get(entity.url) ?? 0);
    if (at < 0) continue;
    next.set(entity.url, at + entity.url.length);
    found.push({ entity, at });
  }
  found.sort((one, other) => one.at - other.at);
  // A short address that begins inside another one is part of it.
  return found.filter(({ at }, n) => {
    const before = found[n - 1];
    return before === undefined || at >= before.at + before.entity.url.length;
  });
}

function link(entity: UrlEntity): Segment {
  const href = webAddress(entity.expanded_url) ?? webAddress(entity.url);
  const text = entity.display_url || entity.url;
  return href === null ? { kind: "text", text } : { kind: "link", text, href };
}
