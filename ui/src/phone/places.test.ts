/** Locations from what people choose. */
import { expect, test } from "vitest";
import { PLACES, byId, byPoint } from "./places";

test("every place is on earth", () => {
  for (const { latitude, longitude } of PLACES) {
    expect(byPoint(latitude, longitude)).toEqual({ latitude, longitude });
  }
});

test.each([
  [null, 0],
  [0, null],
  [90.1, 0],
  [0, -180.1],
  [NaN, 0],
])("%s, %s is nowhere", (latitude, longitude) => {
  expect(byPoint(latitude, longitude)).toBeNull();
});

test("a place by its id", () => {
  expect(byId(" 01a9 ")).toEqual({ place_id: "01a9" });
  expect(byId("  ")).toBeNull();
});
