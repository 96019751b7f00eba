/** One open conversation: its messages, what is on its way, and what a person does with it. */
import { RequestFailed } from "../shared/http";
import { change, newKey, read, reason } from "./api";
import type { Content, Conversation, Line, Outgoing, Remark, Transcript } from "./wire";

const AT_ONCE = 50;

/** A reply that the application has not taken yet. */
export interface Unsent extends Content {
  key: string;
  at: string;
  /** Why it was not taken; empty while it is being handed over. */
  failure: string;
}

export class Thread {
  conversation = $state<Conversation | null>(null);
  lines = $state<Line[]>([]);
  remarks = $state<Remark[]>([]);
  outgoing = $state<Outgoing[]>([]);
  unsent = $state<Unsent[]>([]);
  isLoading = $state(true);
  isGone = $state(false);
  failure = $state("");
  draft = $state("");
  readonly name: string;
  #before = $state<string | null>(null);
  #reading: Promise<void> | null = null;
  #isStale = false;

  constructor(name: string) {
    this.name = name;
  }

  get #path(): string {
    return `/api/conversations/${this.name.split("/").map(encodeURIComponent).join("/")}`;
  }

  get hasOlder(): boolean {
    return this.#before !== null;
  }

  /** Read the newest messages, now or right after the reading that is under way. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#readWhileStale();
    await this.#reading;
  }

  async #readWhileStale(): Promise<void> {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#read();
      }
      this.failure = "";
    } catch (failure) {
      if (failure instanceof RequestFailed && failure.status === 404) this.isGone = true;
      else this.failure = reason(failure);
    } finally {
      this.isLoading = false;
      this.#reading = null;
    }
  }

  async #read(): Promise<void> {
    const [conversation, page] = await Promise.all([
      read<Conversation>(this.#path),
      read<Transcript>(`${this.#path}/messages?limit=${AT_ONCE}`),
    ]);
    this.conversation = conversation;
    this.outgoing = page.outgoing;
    const known = new Set(this.lines.map((line) => line.message_id));
    const joins = page.lines.some((line) => known.has(line.message_id));
    if (joins) this.#join(page);
    else this.#replace(page);
    if (conversation.unread > 0) await change(`${this.#path}/read`);
  }

  #replace(page: Transcript): void {
    this.lines = page.lines;
    this.remarks = page.remarks;
    this.#before = page.before;
  }

  #join(page: Transcript): void {
    const fresh = new Set(page.lines.map((line) => line.message_id));
    const older = this.lines.filter((line) => !fresh.has(line.message_id));
    this.lines = [...older, ...page.lines].sort(byPosition);
    const since = page.lines[0]?.at ?? "";
    this.remarks = [
      ...(page.before === null ? [] : this.remarks.filter((remark) => remark.at < since)),
      ...page.remarks,
    ];
  }

  /** Read what came before. */
  async older(): Promise<void> {
    if (this.#before === null) return;
    const before = encodeURIComponent(this.#before);
    const page = await read<Transcript>(`${this.#path}/messages?limit=${AT_ONCE}&before=${before}`);
    const known = new Set(this.lines.map((line) => line.message_id));
    this.lines = [...page.lines.filter((line) => !known.has(line.message_id)), ...this.lines];
    this.remarks = [...page.remarks, ...this.remarks];
    this.#before = page.before;
  }

  /** Hand over what was written; it stands in the thread at once. */
  async send(content: Content): Promise<void> {
    const one: Unsent = { ...content, key: newKey(), at: new Date().toISOString(), failure: "" };
    this.unsent.push(one);
    await this.#hand(one.key);
  }

  /** Hand over again, under the same name: it is never sent twice. */
  async retry(key: string): Promise<void> {
    await this.#hand(key);
  }

  /** Forget a reply that was not taken. */
  drop(key: string): void {
    this.unsent = this.unsent.filter((one) => one.key !== key);
  }

  async #hand(key: string): Promise<void> {
    const one = this.unsent.find((other) => other.key === key);
    if (one === undefined) return;
    one.failure = "";
    const { text, quick_replies, buttons } = one;
    try {
      await change(`${this.#path}/replies`, { text, quick_replies, buttons }, key);
    } catch (failure) {
      one.failure = reason(failure);
      return;
    }
    await this.refresh();
    this.drop(key);
  }

  /** Take over from the bot or a colleague. */
  async takeOver(): Promise<void> {
    await this.#act("take-over");
  }

  /** Let the bot answer again. */
  async handBack(): Promise<void> {
    await this.#act("hand-back");
  }

  async #act(verb: string): Promise<void> {
    try {
      await change(`${this.#path}/${verb}`, undefined, newKey());
    } catch (failure) {
      this.failure = reason(failure);
      return;
    }
    await this.refresh();
  }
}

function byPosition(one: Line, other: Line): number {
  const difference = BigInt(one.position) - BigInt(other.position);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return one.message_id < other.message_id ? -1 : 1;
}
