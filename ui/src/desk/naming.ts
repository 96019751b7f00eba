/** What people, customers and bots are called. */
import type { Company } from "./presence.svelte";
import { t } from "./texts";
import type { Conversation, Me } from "./wire";

/** A customer's name, or handle, or id: whatever is known. */
export function customerName(customer: Conversation["customer"]): string {
  return customer.name || (customer.screen_name && `@${customer.screen_name}`) || customer.user_id;
}

/** One of us, as the reader calls them. */
export function personName(id: string | null, me: Me): string {
  return id === me.person_id ? t.speaker.you : givenName(id, me);
}

/** Whoever did something in a conversation of an account: one of us, or the bot. */
export function doerName(id: string | null, accountId: string, me: Me): string {
  return id === null ? t.speaker.bot(botOf(accountId, me)) : personName(id, me);
}

/** One of us, as everybody calls them. */
export function givenName(id: string | null, me: Me): string {
  return me.colleagues.find((one) => one.person_id === id)?.name ?? t.speaker.somebody;
}

/** The bot of an account; empty where only people answer. */
export function botOf(accountId: string, me: Me): string {
  return me.accounts.find((one) => one.account_id === accountId)?.bot ?? "";
}

/** An account's handle, or its id. */
export function accountName(accountId: string, me: Me): string {
  const known = me.accounts.find((one) => one.account_id === accountId)?.screen_name ?? "";
  return known === "" ? accountId : `@${known}`;
}

/** Say who else of us is at a conversation; empty for nobody. Whoever types is said first. */
export function companySays({ typing, viewing }: Company, me: Me): string {
  const named = (ids: readonly string[]): string[] => ids.map((id) => givenName(id, me));
  if (typing.length > 0) return t.presence.writes(named(typing));
  return viewing.length > 0 ? t.presence.looks(named(viewing)) : "";
}
