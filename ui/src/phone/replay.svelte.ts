/** Plays the customer's half of a transcript as somebody new, and compares the answers. */
import { reasonOf } from "../shared/http";
import type { Conversation } from "./conversation.svelte";
import type { Choice } from "./location";
import type { People } from "./people.svelte";
import { compare, record } from "./transcript";
import type { Difference, Transcript, Turn } from "./transcript";
import type { Option, User } from "./wire";

/** How long the application may take for one answer. */
const ANSWERS_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** The phone that a transcript is played on. */
export interface Player {
  readonly people: Pick<People, "users" | "add">;
  /** What is on the screen. */
  readonly conversation: Conversation | undefined;
  /** Let somebody else play, or write to another account. */
  go: (choice: Partial<Choice>) => Promise<void>;
  /** The time now, in milliseconds since 1970. */
  now: () => number;
}

export class Replay {
  isPlaying = $state(false);
  /** What came of the latest one, in words; `""` where there was none. */
  outcome = $state("");
  differences = $state.raw<Difference[]>([]);
  readonly #player: Player;

  /** @param player Where it is played. */
  constructor(player: Player) {
    this.#player = player;
  }

  /** Let somebody new, who goes by the same name, say what the transcript says. */
  async play(transcript: Transcript): Promise<void> {
    this.isPlaying = true;
    this.outcome = "";
    this.differences = [];
    try {
      const customer = await this.#newcomer(transcript.name);
      await this.#player.go({ customerId: customer.user_id, place: "messages" });
      const { conversation } = this.#player;
      if (conversation === undefined) return void (this.outcome = "There is no account to write to.");
      await this.#say(conversation, transcript.turns);
      this.differences = compare(transcript, record(conversation.events, customer).turns);
      const answers = transcript.turns.filter(({ from }) => from === "account").length;
      const same = answers - this.differences.filter(({ expected }) => expected !== undefined).length;
      this.outcome = `${same} of ${answers} answers are the same.`;
    } catch (failure) {
      this.outcome = reasonOf(failure);
    } finally {
      this.isPlaying = false;
    }
  }

  /** Add somebody whom no application knows. */
  async #newcomer(name: string): Promise<User> {
    const { people } = this.#player;
    const base = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "").slice(0, 10) || "guest";
    let n = 2;
    while (people.users.some(({ screen_name }) => screen_name.toLowerCase() === `${base}_${n}`)) n += 1;
    return people.add(`${base}_${n}`, name);
  }

  async #say(conversation: Conversation, turns: readonly Turn[]): Promise<void> {
    let expected = 0;
    for (const turn of turns) {
      if (turn.from === "account") {
        expected += 1;
        await until(() => answersIn(conversation) >= expected);
      } else if (turn.text !== "") {
        await this.#repeat(conversation, turn);
      }
    }
  }

  async #repeat(conversation: Conversation, turn: Turn): Promise<void> {
    const now = this.#player.now();
    const offered = turn.isTap === true ? find(conversation, turn) : undefined;
    if (offered === undefined) await conversation.say(turn.text, now);
    else await conversation.tap(offered.messageId, offered.option, now);
  }
}

function find(
  { bubbles }: Conversation,
  turn: Turn,
): { messageId: string; option: Option } | undefined {
  for (const { event } of bubbles.toReversed()) {
    const options = event.message_create.message_data.quick_reply?.options ?? [];
    const option = options.find(
      ({ label, metadata }) => label === turn.text && metadata === turn.metadata,
    );
    if (option !== undefined) return { messageId: event.id, option };
  }
  return undefined;
}

function answersIn({ events, accountId }: Conversation): number {
  return events.filter(({ message_create }) => message_create.sender_id === accountId).length;
}

/** Wait until something is so, or until an answer is overdue. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + ANSWERS_WITHIN_MS;
  while (!isSo() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
