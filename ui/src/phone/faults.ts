/** The faults a person can switch on with one press, and rules in words. */

/** One rule of the simulator; its effect decides which other fields it has. */
export interface FaultRule {
  effect: string;
  [field: string]: unknown;
}

/** A rule that stands, and how often it has struck. */
export interface StandingFault {
  rule: FaultRule;
  struck: number;
}

/** A fault to switch on and off. */
export interface Switch {
  label: string;
  /** What then happens, in one sentence. */
  hint: string;
  strikes: "API" | "deliveries";
  rule: FaultRule;
  /** What happens once, at each turn of the switch, so that its effect is seen at once. */
  atOnce?: FaultRule;
}

const SENDING = { route: "dm.events.new" };

export const SWITCHES: readonly Switch[] = [
  {
    label: "429",
    hint: "Sending is refused: the rate limit is used up.",
    strikes: "API",
    rule: { effect: "rate_limit", match: SENDING },
  },
  {
    label: "500 after applying",
    hint: "The message is sent, and X answers 500 all the same.",
    strikes: "API",
    rule: { effect: "status", code: 131, status: 500, when: "after", match: SENDING },
  },
  {
    label: "Timeout",
    hint: "Sending is never answered; nothing is sent.",
    strikes: "API",
    rule: { effect: "timeout", when: "before", match: SENDING },
  },
  {
    label: "Duplicate",
    hint: "Every delivery comes twice.",
    strikes: "deliveries",
    rule: { effect: "duplicate", copies: 1 },
  },
  {
    label: "Reorder",
    hint: "A delivery waits until a later one has passed it.",
    strikes: "deliveries",
    rule: { effect: "reorder", by: 1, probability: 0.5 },
  },
  {
    label: "Corrupt signature",
    hint: "Deliveries are signed with another secret.",
    strikes: "deliveries",
    rule: { effect: "corrupt_signature" },
  },
  {
    label: "Webhook down",
    hint: "No delivery arrives; X tries again later.",
    strikes: "deliveries",
    rule: { effect: "unreachable" },
  },
  {
    label: "Invalid CRC",
    hint: "Whatever the webhook answers to a challenge is taken for wrong: X tells it nothing more.",
    strikes: "deliveries",
    rule: { effect: "invalid_crc" },
    atOnce: { effect: "crc_now" },
  },
];

/** Whether a rule is the one of a switch, whatever defaults the simulator has filled in. */
export function isOf(rule: FaultRule, { rule: wanted }: Switch): boolean {
  return contains(rule, wanted);
}

/** Say what a rule does that no switch stands for. */
export function inWords(rule: FaultRule): string {
  const rest = Object.entries(rule)
    .filter(([name, value]) => name !== "effect" && value !== null && value !== "")
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [rule.effect, ...rest].join(", ");
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null) return whole === part;
  if (typeof whole !== "object" || whole === null) return false;
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(whole));
  return Object.entries(part).every(([name, value]) => contains(values.get(name), value));
}
