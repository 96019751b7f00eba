/** A file that was chosen, and is on its way to X from then on. */
import { reason } from "./api";
import { upload, type Upload } from "./upload";

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

/** One file at a time. */
export class Attaching {
  attached = $state<Attached | null>(null);
  readonly #path: string;
  #upload: Upload | null = null;

  /** @param path Where files are handed over. */
  constructor(path: string) {
    this.#path = path;
  }

  get isUploading(): boolean {
    return this.attached !== null && this.attached.mediaId === "" && this.attached.failure === "";
  }

  /** Choose a file; it is on its way at once. */
  async attach(file: File): Promise<void> {
    this.detach();
    const url = URL.createObjectURL(file);
    this.attached = { name: file.name, type: file.type, url, share: 0, mediaId: "", failure: "", altText: "" };
    const going = upload(this.#path, file, (share) => {
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
    const { isUploading } = this;
    const gone = this.release();
    if (gone === null) return;
    if (isUploading) going?.abort();
    URL.revokeObjectURL(gone.url);
  }

  /** Have a file again that X has. */
  restore(mediaId: string, preview: Pick<Attached, "url" | "type" | "name" | "altText">): void {
    this.detach();
    this.attached = { ...preview, share: 1, mediaId, failure: "" };
  }

  /** Give the file away with what the browser has of it. */
  release(): Attached | null {
    const { attached } = this;
    this.#upload = null;
    this.attached = null;
    return attached;
  }
}
