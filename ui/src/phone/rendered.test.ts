/** Messages where options and buttons cannot go. */
import { expect, test } from "vitest";
import { render } from "./rendered";
import cases from "./rendered.cases.json";
import type { MessageData } from "./wire";

const RICH: MessageData = {
  text: "Which &amp; where? https://t.co/abc",
  entities: {
    urls: [{ url: "https://t.co/abc", expanded_url: "https://acme.example/o/7", display_url: "acme.example/o/7" }],
  },
  quick_reply: {
    type: "options",
    options: [{ label: "Blue", description: "The sky,\nor the sea", metadata: "b" }, { label: "Red" }],
  },
  ctas: [{ type: "web_url", label: "See both", url: "https://acme.example/both" }],
};

test("v1.1 carries everything, so the text is the text alone", () => {
  expect(render(RICH, "v1")).toEqual({ text: "Which & where? https://acme.example/o/7", lost: [] });
});

test("as plain text options are numbered and buttons are addresses", () => {
  const { text, lost } = render(RICH, "plain");
  expect(text.split("\n")).toEqual([
    "Which & where? https://acme.example/o/7",
    "1. Blue (The sky, or the sea)",
    "2. Red",
    "See both: https://acme.example/both",
  ]);
  expect(lost).toHaveLength(2);
  expect(lost[0]).toMatch(/^2 quick replies:/);
  expect(lost[1]).toMatch(/^1 button:/);
});

test("a message that is only text loses nothing", () => {
  expect(render({ text: "Hello" }, "plain")).toEqual({ text: "Hello", lost: [] });
});

test("a place becomes words, and a photo goes along as it is", () => {
  const place: MessageData = {
    text: "Here",
    attachment: {
      type: "location",
      location: { type: "shared_coordinate", shared_coordinate: { coordinates: { coordinates: [10.5, 59.9] } } },
    },
  };
  expect(render(place, "plain").text).toBe("Here\n59.9, 10.5");
  const photo: MessageData = {
    text: "Look https://t.co/pic",
    attachment: { type: "media", media: { id_str: "1", type: "photo", url: "https://t.co/pic" } },
  };
  expect(render(photo, "plain")).toEqual({ text: "Look", lost: [] });
});

test.each(cases)("as Roost itself renders it: $name", ({ data, repeated, text, lost }) => {
  const [word = "", times = 0] = (repeated ?? []) as [string?, number?];
  const filled = (said: string): string => said.replace("TEXT", () => word.repeat(times));
  const message = { ...data, text: filled(data.text) } as unknown as MessageData;
  expect(render(message, "plain")).toEqual({ text: filled(text), lost });
});
