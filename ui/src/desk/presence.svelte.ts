/** Who else of us looks at a conversation, or writes there; and telling them that we do. */
import { SvelteMap } from "svelte/reactivity";
import { newKey, tell } from "./api";

/** A page says again so often that it is there, */
const AGAIN_MS = 20_000;
/** and is taken to be gone when it has not for so long. */
const GONE_AFTER_MS = 50_000;
/** Somebody who types says so at most this often, */
const TYPING_EVERY_MS = 3_000;
/** and has stopped when they have not for so long. */
const TYPED_AFTER_MS = 8_000;

type Doing = "viewing" | "typing" | "gone";

interface There {
  name: string;
  person: string;
  doing: Doing;
}

/** Colleagues at one conversation, by their ids; whoever types also looks. */
export interface Company {
  viewing: string[];
  typing: string[];
}

/** Keeps what other pages have told, each until it is heard of no more. */
export class Presence {
  readonly #there = new SvelteMap<string, There>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #page = newKey().slice(0, 16);
  readonly #me: string;
  #open = "";
  #typedAt = -Infinity;

  constructor(me: string) {
    this.#me = me;
  }

  /** Take what a page has told, as the change feed says it: person, doing and page. */
  hear(name: string, ref: string): void {
    const [person, doing, page] = ref.split(" ");
    if (person === undefined || page === undefined || page === this.#page) return;
    if (doing === "gone") this.#forget(page);
    else if (doing === "viewing" || doing === "typing") {
      const isNew = this.#there.get(page)?.name !== name;
      this.#note(page, { name, person, doing });
      if (isNew && name === this.#open && isVisible()) void this.#say(this.#doing);
    }
  }

  /** Give the colleagues at a conversation, the reader left out. */
  at(name: string): Company {
    const others = [...this.#there.values()].filter((one) => one.name === name && one.person !== this.#me);
    const typing = unique(others.filter((one) => one.doing === "typing"));
    return { typing, viewing: unique(others) };
  }

  /** This page shows a conversation from now on; ends with the function given back. */
  show(name: string): () => void {
    this.#open = name;
    this.#typedAt = -Infinity;
    const onchange = (): void => void this.#say(isVisible() ? "viewing" : "gone");
    const again = setInterval(() => {
      if (isVisible()) void this.#say(this.#doing);
    }, AGAIN_MS);
    document.addEventListener("visibilitychange", onchange);
    if (isVisible()) void this.#say("viewing");
    return () => {
      clearInterval(again);
      document.removeEventListener("visibilitychange", onchange);
      void this.#say("gone");
      this.#open = "";
    };
  }

  /** A reply is being written here. */
  typed(): void {
    const now = Date.now();
    if (this.#open === "" || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    void this.#say("typing");
  }

  /** What was written is sent, or gone. */
  stopped(): void {
    if (this.#typedAt === -Infinity) return;
    this.#typedAt = -Infinity;
    void this.#say("viewing");
  }

  get #doing(): Doing {
    return Date.now() - this.#typedAt < TYPING_EVERY_MS ? "typing" : "viewing";
  }

  async #say(doing: Doing): Promise<void> {
    const path = `/api/conversations/${this.#open.split("/").map(encodeURIComponent).join("/")}`;
    await tell(`${path}/presence`, { page: this.#page, doing });
  }

  #note(page: string, there: There): void {
    this.#there.set(page, there);
    clearTimeout(this.#timers.get(page));
    const later = (): void => {
      if (there.doing === "typing") this.#note(page, { ...there, doing: "viewing" });
      else this.#forget(page);
    };
    this.#timers.set(page, setTimeout(later, there.doing === "typing" ? TYPED_AFTER_MS : GONE_AFTER_MS));
  }

  #forget(page: string): void {
    clearTimeout(this.#timers.get(page));
    this.#timers.delete(page);
    this.#there.delete(page);
  }
}

function isVisible(): boolean {
  return document.visibilityState === "visible";
}

function unique(some: readonly There[]): string[] {
  return [...new Set(some.map((one) => one.person))];
}
