/** Welcome messages as bubbles. */
import type { MessageEvent, WelcomeMessage } from "./wire";

/** Give a welcome message the form of a message from the account. */
export function asMessage(
  message: WelcomeMessage,
  accountId: string,
  customerId: string,
): MessageEvent {
  return {
    type: "message_create",
    id: message.id,
    created_timestamp: message.shown_at ?? message.created_timestamp,
    message_create: {
      target: { recipient_id: customerId },
      sender_id: accountId,
      ...(message.custom_profile_id === undefined
        ? {}
        : { custom_profile_id: message.custom_profile_id }),
      message_data: message.message_data,
    },
  };
}
