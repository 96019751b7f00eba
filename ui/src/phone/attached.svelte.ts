/** The photo, GIF or video a customer is about to send. */
import { reasonOf, upload } from "../shared/http";

/** A file X has taken, which waits for its message. */
export interface Attached {
  mediaId: string;
  file: File;
  isVideo: boolean;
  /** The words X has for it. */
  alt: string;
}

interface UploadAnswer {
  media_id: string;
}

/** What may be chosen. X looks at the bytes themselves, so the list only helps people choose. */
export const ACCEPTED = "image/jpeg,image/png,image/gif,image/webp,video/mp4,video/quicktime";

/** Characters of the words for a picture.
 *
 * Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media/api-reference/post-media-metadata-create (archived)
 */
export const LONGEST_ALT = 1_000;

/** Where a medium can be seen by this page. */
export function mediaAddress(mediaId: string): string {
  return `/_sim/media/${encodeURIComponent(mediaId)}`;
}

/** One attachment at most, as in X. */
export class Attachments {
  readonly #ownerId: string;
  ready = $state.raw<Attached | null>(null);
  isBusy = $state(false);
  /** Why the last file was not taken, `""` if it was. */
  failure = $state("");
  /** What a screen reader says in the picture's place. */
  alt = $state("");

  constructor(ownerId: string) {
    this.#ownerId = ownerId;
  }

  /** Bring a file to X, in place of one chosen before. */
  async choose(file: File): Promise<void> {
    this.remove();
    await this.#upload(file, "");
  }

  /** Give X the words for the picture, which it takes together with the file only.
   *
   * Gives whether what is attached can be sent.
   */
  async describe(): Promise<boolean> {
    const alt = this.alt.trim();
    if (this.ready === null || this.ready.alt === alt) return true;
    return this.#upload(this.ready.file, alt);
  }

  /** Send nothing along after all. */
  remove(): void {
    this.ready = null;
    this.failure = "";
    this.alt = "";
  }

  async #upload(file: File, alt: string): Promise<boolean> {
    this.isBusy = true;
    this.failure = "";
    try {
      const form = new FormData();
      form.set("user_id", this.#ownerId);
      form.set("media", file);
      if (alt !== "") form.set("alt_text", alt);
      const { media_id: mediaId } = await upload<UploadAnswer>("/_sim/media", form);
      this.ready = { mediaId, file, isVideo: file.type.startsWith("video/"), alt };
      return true;
    } catch (failure) {
      this.failure = reasonOf(failure);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
