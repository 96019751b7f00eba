/** Sharing one connection; the browser's event source is the test's. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "./live";

class FakeSource extends EventTarget {
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    super();
    FakeSource.all.push(this);
  }

  open(): void {
    this.readyState = FakeSource.OPEN;
    this.onopen?.();
  }

  say(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

beforeEach(() => {
  FakeSource.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function listener() {
  const on = { news: vi.fn(), other: vi.fn() };
  return { on, onopen: vi.fn(), onlost: vi.fn() };
}

test("whoever follows one path shares a connection, which the last one closes", () => {
  const [one, two] = [listener(), listener()];
  const leave = [follow("/live", one), follow("/live", two)];
  const [source] = FakeSource.all;

  source!.say("news", { n: 1 });
  leave[0]!();
  source!.say("news", { n: 2 });
  expect(source!.readyState).toBe(0);
  leave[1]!();

  expect(FakeSource.all).toHaveLength(1);
  expect(one.on.news.mock.calls).toEqual([[{ n: 1 }]]);
  expect(two.on.news.mock.calls).toEqual([[{ n: 1 }], [{ n: 2 }]]);
  expect(source!.readyState).toBe(FakeSource.CLOSED);
});

test("a later listener's own events come, and it is told that the stream is open", async () => {
  const first = { on: { news: vi.fn() }, onopen: vi.fn(), onlost: vi.fn() };
  const leaveFirst = follow("/live", first);
  const [source] = FakeSource.all;
  source!.open();
  const later = listener();
  const leaveLater = follow("/live", later);
  await Promise.resolve();

  source!.say("other", "x");

  expect(later.onopen.mock.calls).toEqual([[true]]);
  expect(later.on.other.mock.calls).toEqual([["x"]]);
  leaveFirst();
  leaveLater();
});

test("a connection that was refused is made anew and passes everything on", () => {
  const one = listener();
  const leave = follow("/live", one);
  FakeSource.all[0]!.open();
  FakeSource.all[0]!.close();
  FakeSource.all[0]!.onerror?.();
  vi.advanceTimersByTime(1_000);
  const again = FakeSource.all[1]!;
  again.open();
  again.say("news", 3);
  leave();

  expect(one.onlost).toHaveBeenCalledOnce();
  expect(one.onopen.mock.calls).toEqual([[true], [false]]);
  expect(one.on.news.mock.calls).toEqual([[3]]);
});
