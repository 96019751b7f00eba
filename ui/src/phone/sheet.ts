/** What the phone asks before it does something: a Post to write, or a yes. */
import type { Deed } from "./actions";
import type { User } from "./wire";

/** A question in front of everything else. */
export type Sheet =
  | { kind: "compose"; author: User; text: string; inReplyTo: string; offersMessage: boolean }
  | { kind: "location"; customer: User; to: string }
  | { kind: "ask"; title: string; about: string; verb: string; deed: Deed };
