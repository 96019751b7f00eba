/** JSON cut into pieces that a page can colour. */

export type PieceKind = "key" | "string" | "number" | "word" | "plain";

export interface Piece {
  kind: PieceKind;
  text: string;
}

// A string with the colon that makes it a key, a number, a word; whatever lies between is plain.
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)/g;

/** Write a value as indented JSON, in pieces which joined give exactly that text. */
export function pieces(value: unknown): Piece[] {
  // `undefined` has no JSON; an absent value is shown as what X would write.
  const text = JSON.stringify(value ?? null, null, 2);
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [, string, colon, number] = match;
    const token = string ?? match[0];
    found.push({ kind: "plain", text: text.slice(from, match.index) });
    found.push({ kind: kindOf(string, colon, number), text: token });
    from = match.index + token.length;
  }
  found.push({ kind: "plain", text: text.slice(from) });
  return found.filter((piece) => piece.text !== "");
}

function kindOf(string?: string, colon?: string, number?: string): PieceKind {
  if (string !== undefined) return colon === undefined ? "string" : "key";
  return number === undefined ? "word" : "number";
}
