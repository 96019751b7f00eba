/** What stands for a person without a picture: initials and a colour that stays the same. */

const TINTS = 6;

/** One or two letters of a display name; `?` where it has none. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).map(firstLetter).filter((letter) => letter !== "");
  const [first, ...rest] = words;
  if (first === undefined) return "?";
  return first + (rest.at(-1) ?? "");
}

/** A number from 0 to 5 that belongs to an id. */
export function tint(id: string): number {
  return [...id].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % TINTS;
}

function firstLetter(word: string): string {
  return word.match(/[\p{L}\p{N}]/u)?.[0].toLocaleUpperCase() ?? "";
}
