/** A server's event stream that comes back by itself.
 *
 * A browser resumes an interrupted stream with `Last-Event-ID`, but gives up for good where the
 * answer is an error; then the stream is opened anew. Either way `onopen` tells that something may
 * have been missed.
 */

/** What somebody wants from a stream; `Events` maps each event's name to its data. */
export interface Listener<Events> {
  on: { [Name in keyof Events]?: (data: Events[Name]) => void };
  /** The stream is open; `isFirst` where nothing can have been missed. */
  onopen: (isFirst: boolean) => void;
  /** The stream broke and is being opened again. */
  onlost: () => void;
}

const REOPEN_AFTER_MS = 1_000;

type AnyListener = Listener<Record<string, unknown>>;

/** By path: a browser opens six connections to a server at most, so all who follow share one. */
const streams = new Map<string, Stream>();

/** Follow a stream until the function given back is called. */
export function follow<Events>(path: string, listener: Listener<Events>): () => void {
  const stream = streams.get(path) ?? new Stream(path);
  streams.set(path, stream);
  const added = listener as AnyListener;
  stream.add(added);
  return () => {
    if (stream.remove(added)) streams.delete(path);
  };
}

/** One connection and everybody who listens to it. */
class Stream {
  readonly #path: string;
  readonly #listeners = new Set<AnyListener>();
  readonly #names = new Set<string>();
  #source: EventSource;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFirst = true;

  constructor(path: string) {
    this.#path = path;
    this.#source = this.#connect();
  }

  add(listener: AnyListener): void {
    this.#listeners.add(listener);
    for (const name of Object.keys(listener.on)) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.#pass(this.#source, name);
    }
    // Whoever comes later has missed nothing that it knew of.
    if (this.#source.readyState === EventSource.OPEN) queueMicrotask(() => listener.onopen(true));
  }

  /** Leave somebody out; gives whether nobody is left, and the connection closed. */
  remove(listener: AnyListener): boolean {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return false;
    clearTimeout(this.#timer);
    this.#source.close();
    return true;
  }

  #connect(): EventSource {
    const source = new EventSource(this.#path);
    source.onopen = () => {
      for (const each of this.#listeners) each.onopen(this.#isFirst);
      this.#isFirst = false;
    };
    source.onerror = () => {
      for (const each of this.#listeners) each.onlost();
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => (this.#source = this.#connect()), REOPEN_AFTER_MS);
    };
    for (const name of this.#names) this.#pass(source, name);
    return source;
  }

  #pass(source: EventSource, name: string): void {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      const data: unknown = JSON.parse(message.data);
      for (const each of this.#listeners) each.on[name]?.(data);
    });
  }
}
