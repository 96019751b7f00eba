/** The photo, GIF or video a customer is about to send. */
import { reasonOf, upload } from "../shared/http";

/** A file X has taken, which waits for its message. */
export interface Attached {
  mediaId: string;
  name: string;
  isVideo: boolean;
}

interface UploadAnswer {
  media_id: string;
}

/** What may be chosen. X looks at the bytes themselves, so the list only helps people choose. */
export const ACCEPTED = "image/jpeg,image/png,image/gif,image/webp,video/mp4,video/quicktime";

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
    this.isBusy = true;
    try {
      const form = new FormData();
      form.set("user_id", this.#ownerId);
      form.set("media", file);
      const { media_id: mediaId } = await upload<UploadAnswer>("/_sim/media", form);
      this.ready = { mediaId, name: file.name, isVideo: file.type.startsWith("video/") };
    } catch (failure) {
      this.failure = reasonOf(failure);
    } finally {
      this.isBusy = false;
    }
  }

  /** Send nothing along after all. */
  remove(): void {
    this.ready = null;
    this.failure = "";
    this.alt = "";
  }
}
