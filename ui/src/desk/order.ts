/** The order of conversations in a list, and which belong into a view. */
import type { Conversation, View } from "./wire";

/** Name a conversation. */
export function nameOf(one: { account_id: string; conversation_id: string }): string {
  return `${one.account_id}/${one.conversation_id}`;
}

/** Tell whether a conversation belongs into a view; `tag` is that of `tagged`. */
export function belongs(one: Conversation, view: View, me: string, tag = ""): boolean {
  if (view === "tagged") return one.tags.includes(tag);
  if (view === "snoozed") return one.is_snoozed;
  if (view === "mine") return one.control === "agent" && one.controller_id === me && !one.is_snoozed;
  if (view === "unassigned") return one.control === "queue" && !one.is_snoozed;
  if (view === "bot") return one.control === "bot";
  if (view === "resolved") return one.control === "nobody";
  return true;
}

/** Compare two conversations of a view: who waited longest first, then the latest message. */
export function compare(view: View): (one: Conversation, other: Conversation) => number {
  return (one, other) => {
    const latest = Date.parse(other.last_at) - Date.parse(one.last_at);
    // When a tag was given is known to the server alone: rows that come in stand by their messages.
    if (view === "all" || view === "tagged") return latest || byName(other, one);
    if (view === "snoozed") return wakes(one) - wakes(other) || byName(one, other);
    const waits = since(one) - since(other);
    if (waits !== 0 && !Number.isNaN(waits)) return waits;
    return one.waiting_since === null ? latest || byName(one, other) : byName(one, other);
  };
}

function since({ waiting_since }: Conversation): number {
  return waiting_since === null ? Infinity : Date.parse(waiting_since);
}

/** When it comes back; what waits for a message comes last. */
function wakes({ snoozed_until }: Conversation): number {
  return snoozed_until === null ? Number.MAX_SAFE_INTEGER : Date.parse(snoozed_until);
}

function byName(one: Conversation, other: Conversation): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}
