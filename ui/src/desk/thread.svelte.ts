/** One open conversation: its messages, what is on its way, and what a person does with it. */
import { RequestFailed } from "../shared/http";
import { Again } from "./again";
import { change, isRefused, newKey, read, reason } from "./api";
import { Composing, decide, type Written } from "./composing.svelte";
import { Customer } from "./customer.svelte";
import type { Fate, Handing, Unsent } from "./handing.svelte";
import { t } from "./texts";
import type { Conversation, Line, Outgoing, ProfileName, Remark, Transcript } from "./wire";

const AT_ONCE = 50;
/** X shows for about three seconds that somebody types. */
const TYPING_EVERY_MS = 3_000;

export class Thread {
  conversation = $state<Conversation | null>(null);
  lines = $state<Line[]>([]);
  remarks = $state<Remark[]>([]);
  outgoing = $state<Outgoing[]>([]);
  isLoading = $state(true);
  isGone = $state(false);
  failure = $state("");
  isNoting = $state(false);
  isUndoing = $state(false);
  readonly name: string;
  readonly composing: Composing;
  readonly customer: Customer;
  readonly #me: string;
  readonly #handing: Handing;
  #before = $state<string | null>(null);
  #reading: Promise<void> | null = null;
  #isStale = false;
  readonly #again = new Again(() => this.refresh());
  #typedAt = 0;
  #isMine = false;
  /** The customer's last message that has been looked at here; `null` before the first look. */
  #readTo: string | null = null;
  #isLeft = false;
  #profiles = $state<readonly ProfileName[]>([]);

  constructor(name: string, me: string, handing: Handing) {
    this.name = name;
    this.#me = me;
    this.#handing = handing;
    this.composing = new Composing(this.#path, name.split("/")[0] ?? "");
    this.customer = new Customer(this.#path);
  }

  get #path(): string {
    return `/api/conversations/${this.name.split("/").map(encodeURIComponent).join("/")}`;
  }

  get hasOlder(): boolean {
    return this.#before !== null;
  }

  /** What the application has not taken, as far as the thread does not show it already. */
  get pending(): Unsent[] {
    const fresh = this.#mine();
    return this.#handing.list.filter(
      (one) =>
        (one.failure !== "" && !one.isUnanswered) ||
        // What was signed is longer than what was written.
        !fresh.some((mine) => mine.text.startsWith(one.text) && !one.known.includes(mine.id)),
    );
  }

  #mine(): { id: string; text: string }[] {
    return [
      ...this.lines
        .filter((line) => line.speaker === "person" || line.speaker === "ours")
        .map((line) => ({ id: `m${line.message_id}`, text: line.text })),
      ...this.outgoing.map((one) => ({ id: `o${one.outbox_id}`, text: one.text })),
    ];
  }

  /** Read the newest messages, now or right after the reading that is under way. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#readWhileStale();
    await this.#reading;
  }

  async #readWhileStale(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#read();
        this.failure = "";
        this.#again.end();
        // It may have been asked for before its first message was here.
        this.isGone = false;
      } catch (failure) {
        if (failure instanceof RequestFailed && failure.status === 404) this.isGone = true;
        else this.failure = reason(failure);
        if (!isRefused(failure)) this.#again.later();
      }
    }
    this.isLoading = false;
    this.#reading = null;
  }

  async #read(): Promise<void> {
    const [conversation, page] = await Promise.all([
      read<Conversation>(this.#path),
      read<Transcript>(`${this.#path}/messages?limit=${AT_ONCE}`),
    ]);
    this.conversation = conversation;
    this.outgoing = page.outgoing;
    if (this.composing.info !== null) await this.composing.refresh();
    const known = new Set(this.lines.map((line) => line.message_id));
    const joins = page.lines.some((line) => known.has(line.message_id));
    if (joins) this.#join(page);
    else this.#replace(page);
    this.#profiles = page.profiles;
    const isMine = conversation.control === "agent" && conversation.controller_id === this.#me;
    // What was read while the bot had it is told to the customer by whoever has it now.
    const isNew = isMine && !this.#isMine;
    this.#isMine = isMine;
    // What somebody marks while it stands here stays marked until it is opened, or written to, again.
    const newest = this.lines.findLast((line) => line.speaker === "customer")?.position ?? "";
    const isUnseen = newest !== this.#readTo && (conversation.unread > 0 || conversation.is_marked_unread);
    if (this.#isLeft) return;
    if (isNew || isUnseen) await change(`${this.#path}/read`);
    this.#readTo = newest;
  }

  /** Show the customer that a reply is being typed; a note is none of their business. */
  async typed(): Promise<void> {
    const now = Date.now();
    if (this.isNoting || this.composing.text.trim() === "" || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    try {
      await change(`${this.#path}/typing`);
    } catch (failure) {
      // Nobody misses it; what cannot be reached says so where it matters.
      if (!(failure instanceof RequestFailed)) throw failure;
    }
  }

  /** The custom profile a message was said under; `null` for none. */
  profile(profileId: string): { name: string; url: string } | null {
    if (profileId === "") return null;
    const name = this.#profiles.find((one) => one.profile_id === profileId)?.name ?? "";
    const account = encodeURIComponent(this.name.split("/")[0] ?? "");
    return { name, url: `/api/accounts/${account}/profiles/${encodeURIComponent(profileId)}/picture` };
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

  /** Hand over what was written; it stands in the thread at once. Tells whether it was taken. */
  async send(): Promise<boolean> {
    const content = await this.#written();
    if (content === null) return false;
    const one: Unsent = {
      ...content,
      attachment: content.media_id === "" ? "" : "media",
      key: newKey(),
      at: new Date().toISOString(),
      failure: "",
      refusal: "",
      isUnanswered: false,
      after: this.lines.at(-1)?.position ?? "",
      isHeld: false,
      known: this.#mine().map((mine) => mine.id),
    };
    return this.#end(one.key, await this.#handing.add(one));
  }

  /** Hand it over, and be done with the conversation; not where it was not taken. */
  async sendAndResolve(): Promise<void> {
    if (await this.send()) await this.resolve();
  }

  async #written(): Promise<Written | null> {
    try {
      return await this.composing.take();
    } catch (failure) {
      this.failure = reason(failure);
      return null;
    }
  }

  /** Hand over what was held back, whatever has been written meanwhile. */
  async sendAnyway(key: string): Promise<void> {
    const one = this.#handing.find(key);
    if (one !== undefined) one.after = "";
    await this.retry(key);
  }

  /** Hand over again, under the same name: it is never sent twice. */
  async retry(key: string): Promise<void> {
    this.#end(key, await this.#handing.hand(key));
  }

  /** Have what was not taken in the composer again; what stands there gives way only where it is nothing. */
  async edit(key: string): Promise<void> {
    const one = this.#handing.find(key);
    if (one === undefined || !this.composing.isEmpty || !(await this.#withdraw(key))) return;
    this.#handing.drop(key);
    this.composing.prepend(one);
  }

  /** Forget a reply that was not taken. */
  async drop(key: string): Promise<void> {
    if (await this.#withdraw(key)) this.#handing.drop(key);
  }

  /** Make sure that a reply is not taken, so that something else can become of it; tells whether that is so. */
  async #withdraw(key: string): Promise<boolean> {
    try {
      if (await this.#handing.withdraw(key)) return true;
    } catch (failure) {
      this.failure = reason(failure);
      return false;
    }
    await this.refresh();
    this.#handing.drop(key);
    this.composing.refusal = t.state.wasTaken;
    return false;
  }

  /** Have in the composer what was refused for good, where there is room; tells whether it was taken. */
  #end(key: string, fate: Fate): boolean {
    const one = this.#handing.find(key);
    if (fate !== "refused" || one === undefined) return fate === "taken";
    if (one.isHeld) void this.refresh();
    else if (this.composing.isEmpty) {
      this.#handing.drop(key);
      this.composing.restore(one);
      this.composing.refusal = one.refusal;
    }
    return false;
  }

  /** This page shows the conversation from now on; ends with the function given back. */
  show(): () => void {
    this.#handing.ontaken = () => this.refresh();
    return () => {
      this.#again.end();
      this.#handing.ontaken = () => Promise.resolve();
    };
  }

  /** The reader's own reply that X does not have yet; the last of several. */
  get undoable(): Outgoing | null {
    return this.outgoing.findLast((one) => one.person_id === this.#me && one.state === "queued") ?? null;
  }

  /** Take that reply back into the composer, before what has been written since. */
  async undo(): Promise<void> {
    if (this.undoable !== null) await this.takeBack(this.undoable);
  }

  /** Take a reply of the reader's own back that X does not have: it waits, or was refused. */
  async takeBack(one: Outgoing): Promise<void> {
    if (this.isUndoing) return;
    this.isUndoing = true;
    try {
      const written = await change<Written>(`${this.#path}/outgoing/${one.outbox_id}/take-back`, undefined, newKey());
      this.isNoting = false;
      this.outgoing = this.outgoing.filter((other) => other !== one);
      this.composing.prepend(written);
      this.failure = "";
    } catch (failure) {
      this.failure = isRefused(failure) && one.state === "queued" ? t.undo.late : reason(failure);
    } finally {
      this.isUndoing = false;
    }
  }

  /** Check, resend or drop a message that did not arrive, or not for certain. */
  async decide(outboxId: string, verb: "check" | "resend" | "drop"): Promise<void> {
    try {
      await decide(`${this.#path}/outgoing/${outboxId}`, verb);
      this.failure = "";
    } catch (failure) {
      this.failure = reason(failure);
    }
    await this.refresh();
  }

  /** Where the file of a message is. */
  mediaPath(messageId: string): string {
    return `${this.#path}/messages/${encodeURIComponent(messageId)}/media`;
  }

  /** Take over from the bot or a colleague. */
  async takeOver(): Promise<void> {
    await this.#act("take-over");
  }

  /** Let the bot answer again. */
  async handBack(): Promise<void> {
    await this.#act("hand-back");
  }

  /** Be done with it until the customer writes again; tells whether that was done. */
  async resolve(): Promise<boolean> {
    return this.#act("resolve");
  }

  /** Give it to somebody, or, with `null`, to whoever takes it. */
  async assign(personId: string | null): Promise<void> {
    await this.#act("assign", { person_id: personId });
  }

  /** Put it aside until then, or, with `null`, until the customer writes. */
  async snooze(until: string | null): Promise<void> {
    await this.#act("snooze", { until });
  }

  /** Bring it back before its time. */
  async unsnooze(): Promise<void> {
    await this.#act("unsnooze");
  }

  /** Have it stand in the lists as unread until it is opened again; tells whether that was done. */
  async markUnread(): Promise<boolean> {
    this.#isLeft = true;
    await this.#reading;
    this.#isLeft = await this.#act("unread");
    return this.#isLeft;
  }

  /** Have it again after it was resolved. */
  async reopen(): Promise<void> {
    await this.#act("reopen");
  }

  /** Mark it with these tags; what colleagues have changed meanwhile stays. Tells whether that was done. */
  async tag(tags: readonly string[]): Promise<boolean> {
    return this.#act("tags", { tags, before: this.conversation?.tags ?? [] });
  }

  /** Leave what was noted for colleagues; it stays in the box where that fails. */
  async addNote(): Promise<void> {
    const { note } = this.composing;
    if ((await this.#act("notes", { text: note })) && this.composing.note === note) this.composing.note = "";
  }

  async #act(verb: string, body?: unknown): Promise<boolean> {
    try {
      await change(`${this.#path}/${verb}`, body, newKey());
    } catch (failure) {
      this.failure = reason(failure);
      return false;
    }
    this.failure = "";
    await this.refresh();
    return true;
  }
}

function byPosition(one: Line, other: Line): number {
  const difference = BigInt(one.position) - BigInt(other.position);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return one.message_id < other.message_id ? -1 : 1;
}
