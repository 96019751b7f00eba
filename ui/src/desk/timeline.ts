/** What a thread shows, from top to bottom: days, messages, and what happened between them. */
import type { Unsent } from "./handing.svelte";
import type { Line, Option, Outgoing, Remark } from "./wire";

export type Item =
  | { kind: "day"; key: string; at: string }
  | { kind: "line"; key: string; at: string; line: Line; chosen: Option | null }
  | { kind: "remark"; key: string; at: string; remark: Remark }
  | { kind: "outgoing"; key: string; at: string; outgoing: Outgoing }
  | { kind: "unsent"; key: string; at: string; unsent: Unsent };

interface Parts {
  lines: readonly Line[];
  remarks: readonly Remark[];
  outgoing: readonly Outgoing[];
  unsent: readonly Unsent[];
}

/** Put everything in order. What is still on its way stands at the end. */
export function timeline({ lines, remarks, outgoing, unsent }: Parts): Item[] {
  const chosen = choices(lines);
  const past: Item[] = [
    ...lines.map((line): Item => ({
      kind: "line",
      key: `m${line.message_id}`,
      at: line.at,
      line,
      chosen: chosen.get(line.message_id) ?? null,
    })),
    ...remarks.map((remark, n): Item => ({
      kind: "remark",
      key: `r${remark.at}-${remark.kind}-${n}`,
      at: remark.at,
      remark,
    })),
    ...outgoing.filter(isUnsettled).map(asItem),
  ];
  const order = new Map(lines.map((line, n) => [`m${line.message_id}`, n]));
  past.sort((one, other) => {
    const [mine, theirs] = [order.get(one.key), order.get(other.key)];
    if (mine !== undefined && theirs !== undefined) return mine - theirs;
    return Date.parse(one.at) - Date.parse(other.at);
  });
  const coming: Item[] = [
    ...outgoing.filter((one) => !isUnsettled(one)).map(asItem),
    ...unsent.map((one): Item => ({ kind: "unsent", key: `u${one.key}`, at: one.at, unsent: one })),
  ];
  return withDays([...past, ...coming]);
}

/** Find, for each message that offered options, the one the customer tapped. */
export function choices(lines: readonly Line[]): Map<string, Option> {
  const found = new Map<string, Option>();
  let prompt: Line | null = null;
  for (const line of lines) {
    if (line.speaker !== "customer") {
      if (line.quick_replies.length > 0) prompt = line;
    } else if (line.is_quick_reply && prompt !== null) {
      const option = prompt.quick_replies.find((one) => isChoice(one, line));
      if (option !== undefined) found.set(prompt.message_id, option);
    }
  }
  return found;
}

function isChoice(option: Option, line: Line): boolean {
  if (line.chosen !== null) return option.metadata === line.chosen;
  return option.label === line.text;
}

/** What waits for a person stands where it was written; nothing behind it waits for it. */
function isUnsettled({ state }: Outgoing): boolean {
  return state === "dead" || state === "parked";
}

function asItem(outgoing: Outgoing): Item {
  return { kind: "outgoing", key: `o${outgoing.outbox_id}`, at: outgoing.created_at, outgoing };
}

function withDays(items: readonly Item[]): Item[] {
  let day = "";
  return items.flatMap((item): Item[] => {
    const own = new Date(item.at).toDateString();
    if (own === day) return [item];
    day = own;
    return [{ kind: "day", key: `d${own}-${item.key}`, at: item.at }, item];
  });
}
