/** Canned replies: which fit what is typed, and what their variables stand for. */
import { accountName, customerName } from "./naming";
import type { Canned, Conversation, Me } from "./wire";

/** What has been typed after `/`, where that is all there is; `null` elsewhere. */
export function typedName(text: string): string | null {
  return /^\/([\w-]*)$/.exec(text)?.[1] ?? null;
}

/** Those whose name or text holds what was typed; names that begin with it come first. */
export function fitting(all: readonly Canned[], typed: string): Canned[] {
  const wanted = typed.toLowerCase();
  const rank = ({ name, text }: Canned): number => {
    if (name.toLowerCase().startsWith(wanted)) return 0;
    if (name.toLowerCase().includes(wanted)) return 1;
    return text.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return all.filter((one) => rank(one) < 3).sort((one, other) => rank(one) - rank(other));
}

/** Put in what the variables stand for; anything else in braces stays as it is. */
export function filled(text: string, conversation: Conversation, me: Me): string {
  const { customer } = conversation;
  const values: Record<string, string> = {
    "customer.name": customerName(customer),
    "customer.handle": customer.screen_name === "" ? customerName(customer) : `@${customer.screen_name}`,
    "agent.name": me.name,
    "account.handle": accountName(conversation.account_id, me),
  };
  return text.replace(/\{([a-z.]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
