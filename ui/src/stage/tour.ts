/** The guided tour: what there is to try, and how the ledger shows that it has been done. */

/** A line of the simulator's ledger, as far as the tour reads it. */
export interface Line {
  n: number;
  /** Milliseconds since 1970 by the simulator's clock. */
  at: string;
  kind: string;
  message_id?: string;
  sender_id?: string;
  recipient_id?: string;
  app_id?: string;
  is_quick_reply?: boolean;
  user_id?: string;
  with_id?: string;
  post_id?: string;
  reader_id?: string;
  route?: string;
  delivery_id?: string;
  event_id?: string;
  for_user_id?: string | null;
  status?: number | null;
  url?: string;
  state?: string;
  text?: string;
}

/** One thing to try. */
export interface Step {
  id: string;
  title: string;
  /** What to do, in a sentence. */
  how: string;
  /** What the ledger says of it; `""` where it has not happened. */
  found: (story: Story) => string;
}

/** What X's own apps send with; anything else of an account is the application's doing. */
const X_CLIENT = "268278";

/** The call that sends a message, as the ledger names it. */
const SEND = "dm.events.new";

/** What the demo's bot hands over for. */
const WISH = /\b(a|real) (person|human)\b/i;

/** The ledger, told as what people and the application did. */
export class Story {
  readonly #lines: readonly Line[];
  readonly #messages: readonly Line[];
  readonly #states: readonly Line[];
  readonly #accounts: ReadonlySet<string>;
  readonly #after: number;

  /**
   * @param accounts Ids of the users for whom the application speaks.
   * @param after The number of the last line that does not count.
   */
  constructor(lines: readonly Line[], accounts: ReadonlySet<string>, after = 0) {
    this.#lines = lines.filter(({ n }) => n > after);
    this.#messages = this.#lines.filter(({ kind }) => kind === "message");
    this.#states = lines.filter(({ kind }) => kind === "application");
    this.#accounts = accounts;
    this.#after = after;
  }

  /** What customers wrote to accounts. */
  get written(): Line[] {
    return this.#messages.filter(
      (line) => this.#accounts.has(line.recipient_id ?? "") && !this.#accounts.has(line.sender_id ?? ""),
    );
  }

  /** What the application said to a message: everything up to the customer's next one. */
  answersTo(message: Line): Line[] {
    const next = this.written.find((one) => one.n > message.n && one.sender_id === message.sender_id);
    return this.#saidTo(message, next?.n ?? Infinity);
  }

  #saidTo(message: Line, before: number): Line[] {
    return this.#messages.filter(
      (one) =>
        one.n > message.n &&
        one.n < before &&
        one.sender_id === message.recipient_id &&
        one.recipient_id === message.sender_id &&
        one.app_id !== X_CLIENT,
    );
  }

  /** A customer's wish for a person, and what the application said to them since: the bot that it
   * hands over, then whatever a person says. */
  get wish(): { asked: Line; answers: Line[] } | undefined {
    const asked = this.written.find(({ text = "" }) => WISH.test(text));
    return asked && { asked, answers: this.#saidTo(asked, Infinity) };
  }

  /** The first line of a kind. */
  first(kind: string): Line | undefined {
    return this.#lines.find((line) => line.kind === kind);
  }

  /** When the application went down though it had been running, and when it came back, if it did. */
  get fall(): { down: Line; back: Line | undefined } | undefined {
    const states = this.#states;
    const down = states.findLast(
      (line, n) => line.state === "down" && states[n - 1]?.state === "running",
    );
    if (down === undefined || down.n <= this.#after) return undefined;
    return { down, back: states.find((line) => line.n > down.n && line.state === "running") };
  }

  /** What customers wrote while the application was down. */
  get writtenWhileDown(): Line[] {
    const { fall } = this;
    if (fall === undefined) return [];
    const until = fall.back?.n ?? Infinity;
    return this.written.filter(({ n }) => n > fall.down.n && n < until);
  }

  /** When a customer came in by an account's Post. */
  get cameByPost(): Line | undefined {
    return this.#lines.find(
      ({ kind, post_id = "", with_id = "" }) =>
        kind === "opened" && post_id !== "" && this.#accounts.has(with_id),
    );
  }

  /** When a customer had read what an account said. */
  get read(): Line | undefined {
    return this.#lines.find(({ kind, reader_id = "" }) => kind === "read" && !this.#accounts.has(reader_id));
  }

  /** How often a message is there that X refused though it had taken it; `undefined` where there is none. */
  get denied(): number | undefined {
    const calls = this.#lines.filter(({ kind, route }) => kind === "message" || route === SEND);
    const n = calls.findIndex(({ kind, status }, at) => {
      const before = calls[at - 1];
      const isSaid = before?.kind === "message" && this.#accounts.has(before.sender_id ?? "");
      return isSaid && kind === "request" && (status ?? 0) >= 500;
    });
    const said = calls[n - 1];
    if (said === undefined) return undefined;
    return this.#messages.filter(
      ({ text, recipient_id }) => text === said.text && recipient_id === said.recipient_id,
    ).length;
  }

  /** When a customer liked a Post and the application took X's word for it. */
  get toldOfLike(): Line | undefined {
    const likes = this.#lines.filter(
      ({ kind, user_id = "" }) => kind === "liked" && !this.#accounts.has(user_id),
    );
    return likes.find(({ n, post_id }) =>
      this.#lines.some(
        (line) => line.kind === "attempt" && line.n > n && line.event_id === post_id && line.status === 200,
      ),
    );
  }

  /** A customer's message that was delivered, and taken, more than once. */
  get toldTwice(): Line | undefined {
    const taken = this.#lines.filter(
      (line) => line.kind === "attempt" && line.status === 200 && this.#accounts.has(line.for_user_id ?? ""),
    );
    return this.written.find(
      ({ message_id: id }) => taken.filter((line) => line.event_id === id).length > 1,
    );
  }
}

/** Everything there is to try, in an order that tells a story. */
export const STEPS: readonly Step[] = [
  {
    id: "post",
    title: "Come by a Post",
    how: "Under Profile, a Post offers “Send a private message”: it opens the conversation.",
    found: ({ cameByPost }) => (cameByPost === undefined ? "" : `from Post ${cameByPost.post_id}`),
  },
  {
    id: "hello",
    title: "Say hello",
    how: "Write “hello” on a phone.",
    found: ({ written }) => (written.length > 0 ? "written" : ""),
  },
  {
    id: "answer",
    title: "Get an answer",
    how: "The bot answers by itself: a signed delivery one way, a signed API call the other.",
    found: (story) => {
      for (const message of story.written) {
        const [answer] = story.answersTo(message);
        if (answer !== undefined) return `after ${seconds(message, answer)}`;
      }
      return "";
    },
  },
  {
    id: "tap",
    title: "Tap a quick reply",
    how: "Choose one of the answers under the bot’s message.",
    found: ({ written }) => (written.some((line) => line.is_quick_reply) ? "tapped" : ""),
  },
  {
    id: "button",
    title: "Tap a button",
    how: "“Track an order”, then A1234, brings two. X tells nobody of a tap; only this ledger knows.",
    found: (story) => story.first("button")?.url ?? "",
  },
  {
    id: "person",
    title: "Ask for a person",
    how: "Tap “Talk to a person”: the bot hands the conversation over and is silent.",
    found: ({ wish }) => (wish !== undefined && wish.answers.length > 0 ? "handed over" : ""),
  },
  {
    id: "desk",
    title: "Answer as that person",
    how: "Log in to the desk with a link from the terminal, open the conversation and reply.",
    found: ({ wish }) => {
      const byHand = wish?.answers[1];
      return wish === undefined || byHand === undefined ? "" : `after ${seconds(wish.asked, byHand)}`;
    },
  },
  {
    id: "read",
    title: "Have it read",
    how: "What is said on a phone in sight is read, and X tells the application so (✓✓ on the phone).",
    found: ({ read }) => (read === undefined ? "" : "told"),
  },
  {
    id: "two",
    title: "Be two people at once",
    how: "Add a phone and write from both.",
    found: (story) => {
      const answered = story.written.filter((line) => story.answersTo(line).length > 0);
      const people = new Set(answered.map((line) => line.sender_id));
      return people.size > 1 ? `${people.size} people answered` : "";
    },
  },
  {
    id: "kill",
    title: "Kill the application",
    how: "With the red button above: SIGKILL, no good-byes. It is started again by itself.",
    found: (story) => (story.fall === undefined ? "" : "killed"),
  },
  {
    id: "wait",
    title: "Write while it is down",
    how: "Be quick, or kill it again: it is back within a second or two.",
    found: ({ writtenWhileDown: { length } }) => (length === 0 ? "" : count(length, "message")),
  },
  {
    id: "back",
    title: "See that nothing is lost",
    how: "What was written meanwhile is delivered again by X and answered.",
    found: (story) => {
      const { fall, writtenWhileDown } = story;
      if (fall?.back === undefined || writtenWhileDown.length === 0) return "";
      const last = writtenWhileDown.at(-1);
      if (last === undefined || story.answersTo(last).length === 0) return "";
      return fall.back.text ?? "";
    },
  },
  {
    id: "twice",
    title: "Deliver everything twice",
    how: "Switch on “Duplicate” under Faults and write: X tells twice, the bot answers once.",
    found: (story) => {
      const told = story.toldTwice;
      const answers = told === undefined ? 0 : story.answersTo(told).length;
      return answers === 0 ? "" : `delivered twice, ${count(answers, "answer")}`;
    },
  },
  {
    id: "denied",
    title: "Let X deny what it did",
    how: "Switch on “500 after applying” under Faults and reply in the desk: uncertain, then sent.",
    found: ({ denied }) => (denied === undefined ? "" : `refused, and there ${times(denied)}`),
  },
  {
    id: "like",
    title: "Like the Post",
    how: "Under Profile. The application is told; in the desk, Activity has the whole line of it.",
    found: ({ toldOfLike }) => (toldOfLike === undefined ? "" : "told"),
  },
];

/** Read the ledger's text, a line of JSON each. */
export function readLines(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

function seconds(from: Line, to: Line): string {
  const ms = Number(to.at) - Number(from.at);
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function times(n: number): string {
  return n === 1 ? "once" : `${n} times`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
