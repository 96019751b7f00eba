/** An account's Posts, as its profile shows them. */
import { get, reasonOf } from "../shared/http";
import { compareIds } from "./timeline";
import type { Post } from "./wire";

/** Newest first, read anew whenever something may have changed. */
export class Posts {
  all = $state.raw<Post[]>([]);
  isLoaded = $state(false);
  /** Why they could not be read, `""` if they could. */
  failure = $state("");
  #authorId = "";

  /** Read one account's Posts. */
  async load(authorId: string): Promise<void> {
    this.failure = "";
    try {
      await this.#read(authorId);
    } catch (failure) {
      this.failure = reasonOf(failure);
    }
  }

  async #read(authorId: string): Promise<void> {
    if (authorId !== this.#authorId) {
      this.#authorId = authorId;
      this.all = [];
      this.isLoaded = false;
    }
    const query = new URLSearchParams({ user_id: authorId });
    const { posts } = await get<{ posts: Post[] }>(`/_sim/posts?${query.toString()}`);
    if (authorId !== this.#authorId) return;
    this.all = posts.toSorted((one, other) => compareIds(other.post_id, one.post_id));
    this.isLoaded = true;
  }
}
