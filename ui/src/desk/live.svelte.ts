/** The stream of changes: it comes back by itself, from where it left off. */
import type { Change } from "./wire";

/** Changes come in bursts; what they are about is read once for all of them. */
const GATHER_MS = 80;
const REOPEN_AFTER_MS = 1_000;
/** The server says something every 15 to 30 seconds, if only that nothing happens; */
const SILENT_MS = 40_000;
/** after so long somebody who comes to the page does not wait for the rest of it, */
const QUIET_MS = 20_000;
/** and this is how often the time is looked at: timers stand still while a machine sleeps. */
const LOOK_EVERY_MS = 2_000;

/** What a page wants to know. */
export interface Follower {
  /** Some conversations have changed; each `account/conversation` is named once. */
  onchanges: (names: ReadonlySet<string>) => void;
  /** A customer types, or what they typed has come. */
  ontyping: (name: string, isTyping: boolean) => void;
  /** A colleague's page has told that it is at a conversation, or no longer. */
  onpresence: (name: string, ref: string) => void;
  /** Everything may have changed. */
  onresync: () => void;
  /** Whoever follows, or colleagues of theirs, may do more or less than before, or the stream is refused. */
  onpeople: () => void;
  /** The session is over. */
  onbye: () => void;
}

/** Follows the stream, for as long as the page lives. */
export class Live {
  /** Whether the stream is open. */
  isOn = $state(false);
  #last = "";
  #names = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #source: EventSource | undefined;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  readonly #follower: Follower;

  constructor(follower: Follower) {
    this.#follower = follower;
  }

  /** Open the stream; ends with the function given back. */
  follow(): () => void {
    this.#open();
    const looking = setInterval(() => this.#look(SILENT_MS), LOOK_EVERY_MS);
    const onseen = (): void => {
      if (document.visibilityState === "visible") this.#look(QUIET_MS);
    };
    const ononline = (): void => this.#look(0);
    document.addEventListener("visibilitychange", onseen);
    addEventListener("online", ononline);
    return () => {
      clearInterval(looking);
      document.removeEventListener("visibilitychange", onseen);
      removeEventListener("online", ononline);
      this.#close();
    };
  }

  /** Open anew what has been silent for so long: a connection may be gone without anybody being told. */
  #look(silence: number): void {
    if (this.#source === undefined || Date.now() - this.#heardAt < silence) return;
    this.#shut();
    this.#open();
  }

  #open(): void {
    this.#heardAt = Date.now();
    const place = this.#last === "" ? "" : `?after=${encodeURIComponent(this.#last)}`;
    const source = new EventSource(`/api/changes${place}`);
    this.#source = source;
    source.onerror = () => {
      this.isOn = false;
      this.#heardAt = Date.now();
      // A browser comes back by itself, unless the answer was an error.
      if (source.readyState === EventSource.CLOSED) {
        this.#follower.onpeople();
        this.#reopening = setTimeout(() => this.#open(), REOPEN_AFTER_MS);
      }
    };
    for (const name of ["ready", "quiet", "resync", "change", "people"]) {
      source.addEventListener(name, () => (this.#heardAt = Date.now()));
    }
    source.addEventListener("ready", (event: MessageEvent<string>) => {
      const isFirst = this.#last === "";
      this.#last = event.lastEventId;
      this.isOn = true;
      // What is read from now on holds everything before this place.
      if (isFirst) this.#follower.onresync();
    });
    source.addEventListener("resync", (event: MessageEvent<string>) => {
      this.#last = event.lastEventId;
      this.#follower.onpeople();
      this.#follower.onresync();
    });
    source.addEventListener("change", (event: MessageEvent<string>) => {
      this.#last = event.lastEventId;
      this.#gather(JSON.parse(event.data) as Change);
    });
    source.addEventListener("people", (event: MessageEvent<string>) => {
      this.#last = event.lastEventId;
      this.#follower.onpeople();
    });
    source.addEventListener("bye", () => {
      this.#close();
      this.#follower.onbye();
    });
  }

  #gather(change: Change): void {
    // Of whom something was erased is not said.
    if (change.kind === "erased") this.#follower.onresync();
    if (change.conversation_id === "") return;
    const name = `${change.account_id}/${change.conversation_id}`;
    if (change.kind === "presence") {
      this.#follower.onpresence(name, change.ref);
      return;
    }
    if (change.kind === "typing_started" || change.kind === "message_received") {
      this.#follower.ontyping(name, change.kind === "typing_started");
    }
    // Typing changes nothing that could be read.
    if (change.kind === "typing_started") return;
    this.#names.add(name);
    this.#timer ??= setTimeout(() => {
      const names = this.#names;
      this.#names = new Set();
      this.#timer = undefined;
      this.#follower.onchanges(names);
    }, GATHER_MS);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shut();
  }

  #shut(): void {
    clearTimeout(this.#reopening);
    this.#source?.close();
    this.#source = undefined;
    this.isOn = false;
  }
}
