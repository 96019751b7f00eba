/** What was typed and not sent, kept over a reload by this tab of the browser alone. */

/** Give what stood in the composer of two users' conversation; `""` where nothing did. */
export function readDraft(customerId: string, accountId: string): string {
  return sessionStorage.getItem(keyOf(customerId, accountId)) ?? "";
}

/** Keep it; `""` is forgotten. */
export function keepDraft(customerId: string, accountId: string, text: string): void {
  const key = keyOf(customerId, accountId);
  if (text === "") sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, text);
}

function keyOf(customerId: string, accountId: string): string {
  return `roost.phone.draft.${customerId}.${accountId}`;
}
