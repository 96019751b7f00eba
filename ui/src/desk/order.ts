/** The order of conversations in a list, and which belong into a view. */
import type { Conversation, View } from "./wire";

/** Name a conversation. */
export function nameOf(one: { account_id: string; conversation_id: string }): string {
  return `${one.account_id}/${one.conversation_id}`;
}

/** Tell whether a conversation belongs into a view. */
export function belongs(one: Conversation, view: View, me: string): boolean {
  if (view === "mine") return one.control === "agent" && one.controller_id === me;
  if (view === "unassigned") return one.control === "queue";
  if (view === "bot") return one.control === "bot";
  if (view === "resolved") return one.control === "nobody";
  return true;
}

/** Compare two conversations of a view: who waited longest first, then the latest message. */
export function compare(view: View): (one: Conversation, other: Conversation) => number {
  return (one, other) => {
    const latest = Date.parse(other.last_at) - Date.parse(one.last_at);
    if (view === "all") return latest || byName(other, one);
    const waits = since(one) - since(other);
    if (waits !== 0 && !Number.isNaN(waits)) return waits;
    return one.waiting_since === null ? latest || byName(one, other) : byName(one, other);
  };
}

function since({ waiting_since }: Conversation): number {
  return waiting_since === null ? Infinity : Date.parse(waiting_since);
}

function byName(one: Conversation, other: Conversation): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}
