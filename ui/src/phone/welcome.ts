/** Welcome messages as bubbles. */
import type { MessageEvent, WelcomeMessage } from "./wire";

/** Give a welcome message the form of a message from the account.
 *
 * @param at When it was shown, in milliseconds since 1970.
 */
export function asMessage(
  message: WelcomeMessage,
  at: number,
  { accountId, customerId }: { accountId: string; customerId: string },
): MessageEvent {
  const { custom_profile_id } = message;
  return {
    type: "message_create",
    id: message.id,
    created_timestamp: String(at),
    message_create: {
      target: { recipient_id: customerId },
      sender_id: accountId,
      ...(custom_profile_id === undefined ? {} : { custom_profile_id }),
      message_data: message.message_data,
    },
  };
}
