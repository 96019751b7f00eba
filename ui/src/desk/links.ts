/** Text with the addresses in it. */

export interface Part {
  text: string;
  /** Where it leads; empty for plain text. */
  href: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'\u200b]+/giu;
const TRAILING = /[.,;:!?)\]}»”’]+$/u;

/** Split a text into what is an address and what is not. Only http and https lead anywhere. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    if (URL.parse(address) === null) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index), href: "" });
    found.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end), href: "" });
  return found;
}

/** Give an address where it may be followed: only http and https lead anywhere. */
export function followed(address: string): string | undefined {
  return /^https?:$/.test(URL.parse(address)?.protocol ?? "") ? address : undefined;
}
