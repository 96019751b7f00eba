/** Custom profiles. */
import { expect, test } from "vitest";
import { faceOf } from "./profile";

test("a face on X's host is looked for here", () => {
  const avatar = { media: { url: "https://pbs.twimg.com/media/a.jpg?name=small" } };
  expect(faceOf({ name: "Jo", avatar }, "http://127.0.0.1:8090")).toBe(
    "http://127.0.0.1:8090/_sim/media/faces/a.jpg",
  );
});

test("a profile without a face has none", () => {
  expect(faceOf({ name: "Jo" }, "http://127.0.0.1:8090")).toBeUndefined();
});
