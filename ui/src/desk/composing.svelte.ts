/** A reply that is being written: text, quick replies, buttons, a file, and under whose name. */
import { Attaching, type Attached } from "./attaching.svelte";
import { change, newKey, put, read, reason } from "./api";
import { asLinks, asOptions, problemsOf, type EditedButton, type Problem } from "./limits";
import { t } from "./texts";
import type { Canned, Composer, Draft, Limits, Link, Option, Speak } from "./wire";

/** After the last change, a draft is kept once nothing was changed for so long. */
const KEEP_AFTER_MS = 600;

/** What a reply is made of when it is handed over. */
export interface Written {
  text: string;
  quick_replies: Option[];
  buttons: { label: string; url: string }[];
  media_id: string;
  speak: Speak;
}

export class Composing {
  text = $state("");
  /** What is being written for colleagues, beside the reply. */
  note = $state("");
  options = $state<Option[]>([]);
  buttons = $state<EditedButton[]>([]);
  speak = $state<Speak>("person");
  info = $state<Composer | null>(null);
  canned = $state<Canned[]>([]);
  failure = $state("");
  /** Why what was handed over last came back. */
  refusal = $state("");
  readonly #path: string;
  readonly #account: string;
  readonly file: Attaching;
  /** What the server was last asked to keep; `""` where it did not. */
  #kept = "";
  /** How often the server was asked to keep something, or has answered that; */
  #nKept = 0;
  /** and how many answers are to come. */
  #nUnder = 0;
  #next: Draft | null = null;
  #isKeeping = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;
  #isClosed = false;

  /** Previews of files that were sent from here, by X's id. */
  readonly previews = new Map<string, Pick<Attached, "url" | "type" | "name" | "altText">>();

  constructor(path: string, accountId: string) {
    this.#path = path;
    this.#account = `/api/accounts/${encodeURIComponent(accountId)}`;
    this.file = new Attaching(`${this.#account}/media`);
  }

  get attached(): Attached | null {
    return this.file.attached;
  }

  get limits(): Limits | undefined {
    return this.info?.limits;
  }

  get signature(): string {
    return this.speak === "person" ? (this.info?.speaker.signature ?? "") : "";
  }

  get problems(): Problem[] {
    const { limits } = this;
    if (limits === undefined) return [];
    const { text, options, buttons, signature } = this;
    return problemsOf({ text, options, buttons, signature, hasMedia: this.attached !== null }, limits);
  }

  /** Whether it can be sent as it is, as far as is known here: the server checks all of it. */
  get isReady(): boolean {
    if (this.problems.length > 0) return false;
    if (this.attached !== null) return this.attached.mediaId !== "";
    return this.text.trim() !== "";
  }

  /** Read what was written before, under which name it goes, and what may be sent. */
  async open(): Promise<void> {
    try {
      await this.refresh();
      const { canned } = await read<{ canned: Canned[] }>(`${this.#account}/canned`);
      this.canned = canned;
    } catch (failure) {
      this.failure = reason(failure);
    }
  }

  /** Read anew what may be sent, and what another page of the same person's has made of the draft. */
  async refresh(): Promise<void> {
    const n = this.#nKept;
    this.info = await read<Composer>(`${this.#path}/composer`);
    const { draft } = this.info;
    // What was read while something was being kept may be of before it, or of behind it.
    const isLatest = n === this.#nKept && this.#nUnder === 0;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#takeUnder(draft);
    } else if (isLatest && this.attached === null && this.#isKept(this.draft) && !this.#isKept(asKept(draft))) {
      this.#take(draft);
    }
  }

  /** Take what was written before, but where something has been written here meanwhile. */
  #takeUnder(draft: Draft): void {
    const { text, options, buttons, speak, note, isEmpty } = this;
    this.#take(draft);
    if (isEmpty && note === "") return;
    if (!isEmpty) [this.text, this.options, this.buttons, this.speak] = [text, options, buttons, speak];
    if (note !== "") this.note = note;
    // It has not been kept: nobody was there to do it, and may not be any more.
    if (this.#isClosed) this.keepNow();
    else this.keep(this.draft);
  }

  /** Whether the server has it as it is, as far as is known here. */
  #isKept(draft: Draft): boolean {
    return JSON.stringify(draft) === this.#kept;
  }

  #take(draft: Draft): void {
    this.text = draft.text;
    this.note = draft.note;
    this.options = draft.quick_replies;
    this.buttons = asButtons(draft.buttons);
    this.speak = draft.speak;
    this.#kept = JSON.stringify(this.draft);
  }

  get draft(): Draft {
    const { text, note, speak } = this;
    return { text, quick_replies: asOptions(this.options), buttons: asLinks(this.buttons), speak, note };
  }

  /** Keep the draft at the server, soon. Called after every change. */
  keep(draft: Draft): void {
    if (!this.#isOpen) return;
    clearTimeout(this.#timer);
    if (this.#isKept(draft)) return;
    this.#timer = setTimeout(() => void this.#keepNext(draft), KEEP_AFTER_MS);
  }

  /** Keep at once what is not kept yet: the page is about to go. */
  keepNow(): void {
    clearTimeout(this.#timer);
    const draft = this.draft;
    const isBehind = this.#next !== null || !this.#isKept(draft);
    if (this.#isOpen && isBehind) void this.#put(draft);
  }

  /** One after the other, and of those that wait only the last: an earlier one must not come later. */
  async #keepNext(draft: Draft): Promise<void> {
    this.#next = draft;
    this.#kept = JSON.stringify(draft);
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    while (this.#next !== null) {
      const next: Draft = this.#next;
      this.#next = null;
      await this.#put(next);
    }
    this.#isKeeping = false;
  }

  async #put(draft: Draft): Promise<void> {
    this.#nKept += 1;
    this.#nUnder += 1;
    try {
      await put(`${this.#path}/draft`, draft, { keepalive: true });
      this.failure = "";
    } catch (failure) {
      this.#kept = "";
      this.failure = reason(failure);
    } finally {
      this.#nKept += 1;
      this.#nUnder -= 1;
    }
  }

  /** Give what was written, and begin anew. */
  async take(): Promise<Written> {
    const { text, speak, attached } = this;
    if (attached !== null && attached.altText.trim() !== "") {
      await put(`${this.#account}/media/${attached.mediaId}`, { alt_text: attached.altText.trim() });
    }
    const written: Written = {
      text,
      quick_replies: asOptions(this.options),
      buttons: asLinks(this.buttons),
      media_id: attached?.mediaId ?? "",
      speak,
    };
    if (attached !== null) this.previews.set(attached.mediaId, attached);
    this.file.release();
    this.refusal = "";
    this.text = "";
    this.options = [];
    this.buttons = [];
    this.speak = "person";
    return written;
  }

  /** Whether nothing is written. */
  get isEmpty(): boolean {
    return this.text === "" && this.options.length === 0 && this.buttons.length === 0 && this.attached === null;
  }

  /** Take back what was handed over and refused, so that it can be changed. */
  restore(written: Written): void {
    this.text = written.text;
    this.options = written.quick_replies.map((option) => ({ ...option }));
    this.buttons = asButtons(written.buttons);
    this.speak = written.speak;
    if (written.media_id !== "") this.#restoreFile(written.media_id);
  }

  /** Put what was taken back before what has been written since. */
  prepend(written: Written): void {
    // The server may have made a draft of it.
    this.#kept = "";
    const { text, options, buttons, attached } = this;
    this.restore({ ...written, media_id: "" });
    this.text = [written.text, text].filter((part) => part !== "").join("\n\n");
    this.options.push(...options);
    this.buttons.push(...buttons);
    if (attached === null && written.media_id !== "") this.#restoreFile(written.media_id);
  }

  #restoreFile(mediaId: string): void {
    // After the page was loaded anew there is nothing to show of it.
    const preview = this.previews.get(mediaId) ?? { url: "", type: "", name: t.undo.file, altText: "" };
    this.previews.delete(mediaId);
    this.file.restore(mediaId, preview);
  }

  /** Let go of what the browser holds. */
  close(): void {
    this.#isClosed = true;
    this.keepNow();
    this.file.detach();
    for (const { url } of this.previews.values()) URL.revokeObjectURL(url);
    this.previews.clear();
  }
}

/** Buttons as they can be changed; what they do is an address by now. */
function asButtons(links: readonly Link[]): EditedButton[] {
  return links.map(({ label, url }) => ({ label, kind: "link", value: url }));
}

/** What the server keeps, as it would be sent there. */
function asKept({ text, quick_replies, buttons, speak, note }: Draft): Draft {
  return { text, quick_replies: asOptions(quick_replies), buttons: asLinks(asButtons(buttons)), speak, note };
}

/** Decide what becomes of a message that did not arrive. */
export async function decide(path: string, verb: "check" | "resend" | "drop"): Promise<void> {
  await change(`${path}/${verb}`, undefined, newKey());
}
