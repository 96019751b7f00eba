/** A stream that dies without being closed; the browser's event source and its events are the test's. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live } from "./live.svelte";

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 1;
  onerror: (() => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.all.push(this);
  }

  say(name: string, lastEventId = ""): void {
    this.dispatchEvent(new MessageEvent(name, { data: "{}", lastEventId }));
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

class FakePage extends EventTarget {
  visibilityState = "visible";
}

let page: FakePage;
let browser: EventTarget;
let end: () => void;
let live: Live;
let onpeople: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  FakeSource.all = [];
  page = new FakePage();
  browser = new EventTarget();
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
  vi.stubGlobal("removeEventListener", browser.removeEventListener.bind(browser));
  onpeople = vi.fn();
  const [onchanges, ontyping, onpresence, onresync, onbye] = [vi.fn(), vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  live = new Live({ onchanges, ontyping, onpresence, onresync, onpeople, onbye });
  end = live.follow();
  last().say("ready", "a.0.1");
});

afterEach(() => {
  end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function last(): FakeSource {
  return FakeSource.all.at(-1)!;
}

test("signs of life keep a stream, and silence has it opened anew from where it left off", () => {
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(30_000);
    last().say("quiet");
  }
  expect([FakeSource.all.length, live.isOn]).toEqual([1, true]);

  vi.advanceTimersByTime(42_000);

  expect(live.isOn).toBe(false);
  expect(FakeSource.all.map((one) => one.readyState)).toEqual([FakeSource.CLOSED, 1]);
  expect(last().url).toBe("/api/changes?after=a.0.1");
  last().say("ready", "a.0.1");
  expect(live.isOn).toBe(true);
});

test("one that gives no answer at all is given up for another, again and again", () => {
  vi.advanceTimersByTime(42_000 * 3);

  expect(FakeSource.all).toHaveLength(4);
  expect(FakeSource.all.filter((one) => one.readyState !== FakeSource.CLOSED)).toEqual([last()]);
});

test("whoever comes back to the page, or to the network, does not wait so long", () => {
  vi.advanceTimersByTime(10_000);
  page.dispatchEvent(new Event("visibilitychange"));
  expect(FakeSource.all).toHaveLength(1);
  vi.advanceTimersByTime(15_000);
  page.dispatchEvent(new Event("visibilitychange"));
  expect(FakeSource.all).toHaveLength(2);

  last().say("ready", "a.0.1");
  browser.dispatchEvent(new Event("online"));

  expect(FakeSource.all).toHaveLength(3);
  expect(live.isOn).toBe(false);
});

test("who may do what is asked for anew where it has changed, and where the stream is refused", () => {
  last().say("people", "a.0.2");
  expect(onpeople).toHaveBeenCalledTimes(1);

  last().close();
  last().onerror?.();
  vi.advanceTimersByTime(1_000);

  expect(onpeople).toHaveBeenCalledTimes(2);
  expect(last().url).toBe("/api/changes?after=a.0.2");
});

test("what is over stays over", () => {
  last().say("bye");
  vi.advanceTimersByTime(100_000);
  browser.dispatchEvent(new Event("online"));

  expect(FakeSource.all).toHaveLength(1);
});
