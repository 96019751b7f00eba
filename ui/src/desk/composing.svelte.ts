/** A reply that is being written: text, quick replies, buttons, a file, and under whose name. */
import { change, newKey, put, read, reason } from "./api";
import { asLinks, asOptions, problemsOf, type EditedButton, type Problem } from "./limits";
import type { Canned, Composer, Draft, Option, Speak } from "./wire";
import { upload, type Upload } from "./upload";

/** After the last change, a draft is kept once nothing was changed for so long. */
const KEEP_AFTER_MS = 600;

/** A file that was chosen. */
export interface Attached {
  name: string;
  type: string;
  /** Where the browser has it, for the preview. */
  url: string;
  /** How much of it our server has, from 0 to 1. */
  share: number;
  /** X's id, once it has processed the file; empty until then. */
  mediaId: string;
  failure: string;
  altText: string;
}

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
  options = $state<Option[]>([]);
  buttons = $state<EditedButton[]>([]);
  speak = $state<Speak>("person");
  attached = $state<Attached | null>(null);
  info = $state<Composer | null>(null);
  canned = $state<Canned[]>([]);
  failure = $state("");
  readonly #path: string;
  readonly #account: string;
  #upload: Upload | null = null;
  #kept = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  /** Previews of files that were sent from here, by X's id. */
  readonly previews = new Map<string, { url: string; type: string }>();

  constructor(path: string, accountId: string) {
    this.#path = path;
    this.#account = `/api/accounts/${encodeURIComponent(accountId)}`;
  }

  get signature(): string {
    return this.speak === "person" ? (this.info?.speaker.signature ?? "") : "";
  }

  get problems(): Problem[] {
    const limits = this.info?.limits;
    if (limits === undefined) return [];
    const { text, options, buttons, signature } = this;
    return problemsOf({ text, options, buttons, signature, hasMedia: this.attached !== null }, limits);
  }

  get isUploading(): boolean {
    return this.attached !== null && this.attached.mediaId === "" && this.attached.failure === "";
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

  /** Read anew what may be sent. */
  async refresh(): Promise<void> {
    this.info = await read<Composer>(`${this.#path}/composer`);
    if (this.#isOpen) return;
    this.#isOpen = true;
    if (this.text === "") this.#take(this.info.draft);
  }

  #take(draft: Draft): void {
    this.text = draft.text;
    this.options = draft.quick_replies;
    this.buttons = draft.buttons.map(({ label, url }) => ({ label, kind: "link", value: url }));
    this.speak = draft.speak;
    this.#kept = JSON.stringify(this.draft);
  }

  get draft(): Draft {
    const { text, speak } = this;
    return { text, quick_replies: asOptions(this.options), buttons: asLinks(this.buttons), speak };
  }

  /** Keep the draft at the server, soon. Called after every change. */
  keep(draft: Draft): void {
    if (!this.#isOpen) return;
    clearTimeout(this.#timer);
    if (JSON.stringify(draft) === this.#kept) return;
    this.#timer = setTimeout(() => void this.#put(draft), KEEP_AFTER_MS);
  }

  async #put(draft: Draft): Promise<void> {
    try {
      await put(`${this.#path}/draft`, draft);
      this.#kept = JSON.stringify(draft);
      this.failure = "";
    } catch (failure) {
      this.failure = reason(failure);
    }
  }

  /** Choose a file; it is on its way at once. */
  async attach(file: File): Promise<void> {
    this.detach();
    const url = URL.createObjectURL(file);
    this.attached = { name: file.name, type: file.type, url, share: 0, mediaId: "", failure: "", altText: "" };
    const going = upload(`${this.#account}/media`, file, (share) => {
      if (this.#upload === going && this.attached) this.attached.share = share;
    });
    this.#upload = going;
    try {
      const mediaId = await going.done;
      if (this.#upload === going && this.attached) this.attached.mediaId = mediaId;
    } catch (failure) {
      if (this.#upload === going && this.attached) this.attached.failure = reason(failure);
    }
  }

  /** Do without the file. */
  detach(): void {
    const going = this.#upload;
    this.#upload = null;
    if (this.attached === null) return;
    if (this.isUploading) going?.abort();
    URL.revokeObjectURL(this.attached.url);
    this.attached = null;
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
    this.#upload = null;
    this.attached = null;
    this.text = "";
    this.options = [];
    this.buttons = [];
    this.speak = "person";
    return written;
  }

  /** Let go of what the browser holds. */
  close(): void {
    clearTimeout(this.#timer);
    const draft = this.draft;
    if (this.#isOpen && JSON.stringify(draft) !== this.#kept) void this.#put(draft);
    this.detach();
    for (const { url } of this.previews.values()) URL.revokeObjectURL(url);
    this.previews.clear();
  }
}

/** Decide what becomes of a message that did not arrive. */
export async function decide(path: string, verb: "check" | "resend" | "drop"): Promise<void> {
  await change(`${path}/${verb}`, undefined, newKey());
}
