/** Who plays whom, kept in the address after `#`, so that a reload or a link keeps the choice. */

export interface Choice {
  customerId: string;
  accountId: string;
}

/** Read a choice; what the address does not say is empty. */
export function readChoice(hash: string): Choice {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return { customerId: said.get("customer") ?? "", accountId: said.get("account") ?? "" };
}

/** Write a choice the way `readChoice` reads it. */
export function writeChoice({ customerId, accountId }: Choice): string {
  const said = new URLSearchParams();
  if (customerId !== "") said.set("customer", customerId);
  if (accountId !== "") said.set("account", accountId);
  return said.size === 0 ? "" : `#${said.toString()}`;
}
