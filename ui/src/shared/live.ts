/** A server's event stream that comes back by itself.
 *
 * A browser resumes an interrupted stream with `Last-Event-ID`, but gives up for good where the
 * answer is an error; then the stream is opened anew. Either way `onopen` tells that something may
 * have been missed.
 */

/** What a page wants from a stream; `Events` maps each event's name to its data. */
export interface Listener<Events> {
  on: { [Name in keyof Events]: (data: Events[Name]) => void };
  /** The stream is open; `isFirst` where nothing can have been missed. */
  onopen: (isFirst: boolean) => void;
  /** The stream broke and is being opened again. */
  onlost: () => void;
}

const REOPEN_AFTER_MS = 1_000;

/** Follow a stream until the function given back is called. */
export function follow<Events>(path: string, listener: Listener<Events>): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;

  const open = (): void => {
    source = new EventSource(path);
    source.onopen = () => {
      listener.onopen(isFirst);
      isFirst = false;
    };
    source.onerror = () => {
      listener.onlost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
    };
    for (const name of Object.keys(listener.on) as (keyof Events & string)[]) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        listener.on[name](JSON.parse(message.data) as Events[typeof name]);
      });
    }
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
