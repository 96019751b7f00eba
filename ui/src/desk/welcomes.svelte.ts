/** An account's welcome messages, and one of them as it is being written. */
import { Attaching } from "./attaching.svelte";
import { change, newKey, put, read, reason, remove } from "./api";
import { asLinks, asOptions, lengthOf, problemsOf, type EditedButton, type Problem } from "./limits";
import type { Limits, Option, Voices } from "./wire";
import type { SyncedWelcomes, WelcomeContent, WelcomeMessage, WelcomeMessages, WelcomeSaid } from "./wireActivity";

/** What `roost sync` knows its own by; nobody may write such a name. */
const KEPT = "roost#";
const NAME = /^[A-Za-z0-9_ #@-]{0,100}$/;

/** Everything of one account. What a change did is shown without asking X again: it answers 15 times in 15 minutes. */
export class Welcomes {
  found = $state<WelcomeMessages | null>(null);
  /** Who speaks how; told by whoever shows that. */
  voices = $state<Voices | null>(null);
  failure = $state("");
  told = $state("");
  isBusy = $state(false);
  editing = $state<WelcomeDraft | null>(null);
  readonly account: string;
  readonly path: string;

  constructor(account: string) {
    this.account = account;
    this.path = `/api/accounts/${encodeURIComponent(account)}`;
  }

  get list(): WelcomeMessage[] {
    return this.found?.welcome_messages ?? [];
  }

  /** What differs between X and what the bot declares. */
  get drift(): number {
    const { found } = this;
    if (found === null || !found.is_declared_known) return 0;
    const odd = this.list.filter(({ standing }) => standing === "differs" || standing === "stale");
    return odd.length + found.lacking.length + (found.declared_default === "" ? 0 : 1);
  }

  /** Ask X what it has. */
  async look(): Promise<void> {
    await this.#attempt(async () => {
      this.found = await read<WelcomeMessages>(`${this.path}/welcome-messages`);
    });
  }

  /** Write a new one, or, where one is given, change it. */
  write(one: WelcomeMessage | null): void {
    this.editing?.close();
    const limits = this.found?.limits;
    this.editing = limits === undefined ? null : new WelcomeDraft(this.path, limits, one);
  }

  /** Stop writing. */
  leave(): void {
    this.editing?.close();
    this.editing = null;
  }

  /** Have X keep what is being written; tells whether it does. */
  async save(): Promise<boolean> {
    const { editing } = this;
    if (editing === null) return false;
    return this.#attempt(async () => {
      const saved = await editing.save();
      const isNew = editing.one === null;
      const others = this.list.filter((one) => one.welcome_id !== saved.welcome_id);
      const kept = this.list.map((one) => (one.welcome_id === saved.welcome_id ? saved : one));
      this.#show(isNew ? [saved, ...others] : kept);
      const isDefault = isNew && editing.isDefault;
      this.leave();
      if (isDefault) await this.#setDefault(saved.welcome_id);
    });
  }

  async setDefault(one: WelcomeMessage): Promise<void> {
    await this.#attempt(() => this.#setDefault(one.welcome_id));
  }

  async unsetDefault(): Promise<void> {
    await this.#attempt(async () => {
      await remove(`${this.path}/welcome-default`);
      this.#showDefault("", "");
    });
  }

  async drop(one: WelcomeMessage): Promise<void> {
    await this.#attempt(async () => {
      await remove(`${this.path}/welcome-messages/${one.welcome_id}`);
      this.#show(this.list.filter((other) => other.welcome_id !== one.welcome_id));
    });
  }

  /** Bring to X what the bot declares; gives how much that was. */
  async sync(): Promise<number | null> {
    let count: number | null = null;
    await this.#attempt(async () => {
      const done = await change<SyncedWelcomes>(`${this.path}/welcome-messages/sync`);
      count = done.made.length + done.changed.length + done.removed.length + (done.default === "" ? 0 : 1);
      this.found = await read<WelcomeMessages>(`${this.path}/welcome-messages`);
    });
    return count;
  }

  async #setDefault(welcomeId: string): Promise<void> {
    const { rule_id } = await put<{ rule_id: string }>(`${this.path}/welcome-default`, { welcome_id: welcomeId });
    this.#showDefault(welcomeId, rule_id);
  }

  #showDefault(welcomeId: string, ruleId: string): void {
    this.#show(
      this.list.map((one) => {
        const isDefault = one.welcome_id === welcomeId;
        return { ...one, is_default: isDefault, rule_id: isDefault ? ruleId : "" };
      }),
    );
  }

  #show(list: WelcomeMessage[]): void {
    if (this.found !== null) this.found = { ...this.found, welcome_messages: list };
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.isBusy = true;
    this.failure = "";
    this.told = "";
    try {
      await work();
      return true;
    } catch (cause) {
      this.failure = reason(cause);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}

/** A welcome message as it is being written. */
export class WelcomeDraft {
  name = $state("");
  text = $state("");
  options = $state<Option[]>([]);
  buttons = $state<EditedButton[]>([]);
  profile = $state("");
  isDefault = $state(false);
  /** What X has of it, while it is to stay. */
  kept = $state<{ mediaId: string; kind: string; url: string } | null>(null);
  readonly file: Attaching;
  readonly limits: Limits;
  /** What is being changed; `null` for a new one. */
  readonly one: WelcomeMessage | null;
  readonly #path: string;
  #sent = "";
  #key = "";

  constructor(path: string, limits: Limits, one: WelcomeMessage | null) {
    this.limits = limits;
    this.one = one;
    this.#path = `${path}/welcome-messages`;
    this.file = new Attaching(`${path}/media?is_shared=true`);
    if (one === null) return;
    this.name = one.name;
    this.text = one.text;
    this.options = one.quick_replies.map((option) => ({ ...option }));
    this.buttons = one.buttons.map(({ label, url }) => ({ label, kind: "link", value: url }));
    this.profile = one.profile_id;
    if (one.media_id === "") return;
    this.kept = { mediaId: one.media_id, kind: one.attachment, url: `${this.#path}/${one.welcome_id}/media` };
  }

  get length(): number {
    return lengthOf(this.text);
  }

  get hasMedia(): boolean {
    return this.kept !== null || this.file.attached !== null;
  }

  get isNameRight(): boolean {
    return this.one !== null || (NAME.test(this.name) && !this.name.startsWith(KEPT));
  }

  get problems(): Problem[] {
    const { text, options, buttons, hasMedia } = this;
    return problemsOf({ text, options, buttons, hasMedia, signature: "" }, this.limits);
  }

  get isReady(): boolean {
    const { attached } = this.file;
    const hasFile = attached === null || attached.mediaId !== "";
    return this.problems.length === 0 && this.isNameRight && hasFile && (this.text.trim() !== "" || this.hasMedia);
  }

  /** What it says so far. */
  get said(): WelcomeSaid {
    return { text: this.text, quick_replies: asOptions(this.options), buttons: asLinks(this.buttons) };
  }

  /** Have X keep it; gives it as X has it then. Throws `RequestFailed`. */
  async save(): Promise<WelcomeMessage> {
    const mediaId = this.file.attached?.mediaId ?? this.kept?.mediaId ?? "";
    const written = { ...this.said, media_id: mediaId };
    if (this.one === null) return this.#make({ ...written, name: this.name.trim(), profile_id: this.profile });
    const { one } = this;
    const content = await put<WelcomeContent>(`${this.#path}/${one.welcome_id}`, written);
    if (one.standing !== "same") return { ...one, ...content };
    const { text, quick_replies, buttons } = one;
    return { ...one, ...content, standing: "differs", declared: { text, quick_replies, buttons } };
  }

  /** One key for one content: asked for again, it is not made again. */
  async #make(body: object): Promise<WelcomeMessage> {
    const wanted = JSON.stringify(body);
    if (wanted !== this.#sent) [this.#sent, this.#key] = [wanted, newKey()];
    return change<WelcomeMessage>(this.#path, body, this.#key);
  }

  /** Let go of what the browser holds. */
  close(): void {
    this.file.detach();
  }
}
