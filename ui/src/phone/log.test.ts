/** Rows of the log. */
import { describe, expect, test } from "vitest";
import { isShown, mergeRows, ofDelivery, ofRequest, pathOf } from "./log";
import type { ApiRequest, Delivery } from "./wire";

const DELIVERY: Delivery = {
  id: "7",
  at: "1000",
  kind: "event",
  for_user_id: "1001",
  url: "http://127.0.0.1:8080/x/main/7f3a",
  attempt: 1,
  status: 200,
  ms: 4.2,
  error: null,
  signature: "sha256=x",
  request_body: {},
  response_body: "",
};
const REQUEST: ApiRequest = {
  id: "7",
  at: "2000",
  method: "POST",
  path: "/1.1/direct_messages/events/new.json",
  route: "dm.events.new",
  status: 200,
  ms: 3,
  auth: "oauth1 ok (@acme)",
  user_id: "1001",
  error_code: null,
};

describe("a delivery's row", () => {
  test.each([
    [{}, "signature ok", false],
    [{ status: 401 }, "signature refused", true],
    [{ status: 500, attempt: 2 }, "attempt 2, signed", true],
    [{ status: null, error: "timed out" }, "timed out", true],
    [{ kind: "crc", signature: null }, "challenge", false],
    [{ signature: null }, "not signed", false],
  ] as [Partial<Delivery>, string, boolean][])("%o reads %s", (change, proof, isFailure) => {
    expect(ofDelivery({ ...DELIVERY, ...change })).toMatchObject({ proof, isFailure });
  });

  test("a challenge is a GET", () => {
    expect(ofDelivery({ ...DELIVERY, kind: "crc" }).method).toBe("GET");
  });
});

test("a refused request is a failure", () => {
  expect(ofRequest(REQUEST).isFailure).toBe(false);
  expect(ofRequest({ ...REQUEST, status: 429 }).isFailure).toBe(true);
});

describe("mergeRows", () => {
  test("keeps a delivery and a request of the same id apart, newest first", () => {
    const rows = mergeRows([ofDelivery(DELIVERY)], [ofRequest(REQUEST)]);
    expect(rows.map((row) => row.kind)).toEqual(["request", "event"]);
  });

  test("replaces a row that is known", () => {
    const rows = mergeRows([ofDelivery(DELIVERY)], [ofDelivery({ ...DELIVERY, status: 503 })]);
    expect(rows.map((row) => row.status)).toEqual([503]);
  });

  test("forgets the oldest beyond 400", () => {
    const many = Array.from({ length: 401 }, (_, n) =>
      ofDelivery({ ...DELIVERY, id: String(n), at: String(n) }),
    );
    const rows = mergeRows([], many);
    expect([rows.length, rows.at(-1)?.at]).toEqual([400, 1]);
  });
});

test("filters by kind and by failure", () => {
  const row = ofDelivery(DELIVERY);
  const kinds = { event: true, crc: true, request: true };
  const filter = { kinds, onlyFailures: false, onlyFaults: false, text: "" };
  expect(isShown(row, filter)).toBe(true);
  expect(isShown(row, { ...filter, onlyFailures: true })).toBe(false);
  expect(isShown(row, { ...filter, onlyFaults: true })).toBe(false);
  expect(isShown({ ...row, fault: "duplicate" }, { ...filter, onlyFaults: true })).toBe(true);
  expect(isShown(row, { ...filter, text: "/X/MAIN" })).toBe(true);
  expect(isShown(row, { ...filter, text: "elsewhere" })).toBe(false);
  expect(isShown(row, { ...filter, kinds: { ...kinds, event: false } })).toBe(false);
});

test("an address is shortened to its path", () => {
  expect(pathOf("http://127.0.0.1:8080/x/main?crc_token=a")).toBe("/x/main?crc_token=a");
  expect(pathOf("/1.1/account.json")).toBe("/1.1/account.json");
});

test.each([
  [{ for_user_id: "1", favorite_events: [], users: {} }, "favorite_events"],
  [{ user_event: {} }, "user_event"],
  [{ replay_job_status: {} }, "replay_job_status"],
  ["{cut", ""],
  [null, ""],
])("a delivery of %o is about %s", (request_body, about) => {
  expect(ofDelivery({ ...DELIVERY, request_body }).about).toBe(about);
});
