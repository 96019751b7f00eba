import { describe, expect, it } from "vitest";
import { addressOf, KINDS, postIdOf } from "./intents";
import { asLinks, asOptions, problemsOf, textLength, type Edited } from "./limits";

const LIMITS = {
  text: 10_000,
  quick_replies: 20,
  quick_reply_label: 36,
  quick_reply_description: 72,
  quick_reply_metadata: 1_000,
  buttons: 3,
  button_label: 36,
};

function edited(fields: Partial<Edited> = {}): Edited {
  return { text: "hello", options: [], buttons: [], hasMedia: false, signature: "", ...fields };
}

function kinds(fields: Partial<Edited>): [string, string][] {
  return problemsOf(edited(fields), LIMITS).map(({ field, kind }) => [field, kind]);
}

describe("what may be sent", () => {
  it("counts code points, and the line under the text", () => {
    expect(textLength(edited({ text: "👍🏽" }))).toBe(2);
    expect(textLength(edited({ text: "ab", signature: "— Sam" }))).toBe(8);
    expect(textLength(edited({ text: "", signature: "— Sam" }))).toBe(5);
  });

  it("names limit, value and excess of a text that is too long", () => {
    const text = "x".repeat(9_998);
    expect(problemsOf(edited({ text, signature: "— Sam" }), LIMITS)).toEqual([
      { field: "text", kind: "long", limit: 10_000, value: 10_004, excess: 4 },
    ]);
    expect(problemsOf(edited({ text: "x".repeat(10_000) }), LIMITS)).toEqual([]);
  });

  it("wants a label on every option, no link in it, and all or no descriptions", () => {
    expect(kinds({ options: [{ label: " " }] })).toEqual([["quick_replies[0].label", "empty"]]);
    expect(kinds({ options: [{ label: "x".repeat(37) }] })).toEqual([["quick_replies[0].label", "long"]]);
    expect(kinds({ options: [{ label: "http://a" }] })).toEqual([["quick_replies[0].label", "link"]]);
    expect(kinds({ options: [{ label: "a", description: "b" }, { label: "c", description: "" }] })).toEqual([
      ["quick_replies", "described"],
    ]);
    expect(kinds({ options: Array.from({ length: 21 }, () => ({ label: "a" })) })).toEqual([
      ["quick_replies", "many"],
    ]);
  });

  it("wants a label and a whole https address on every button", () => {
    const button = (value: string) => kinds({ buttons: [{ label: "See", kind: "link" as const, value }] });
    for (const good of ["https://example.com/a", "HTTPS://EXAMPLE.com", "https://xn--e1afmkfd.xn--p1ai/ä?q=%20", "https://[::1]:8443/"]) {
      expect(button(good)).toEqual([]);
    }
    const unseen = ["https://exa mple.com", "https://example.com\u202e", "https://example.com/\u200b", "https://a\\b"];
    const hostless = ["https://", "https:///example.com", "https://?a", "https://-.", "https://a:99999", "https://a%b", "https://пример.рф"];
    for (const bad of ["", "http://example.com", "javascript:alert(1)", "example.com", ...unseen, ...hostless]) {
      expect(button(bad)).toEqual([["buttons[0].url", "address"]]);
    }
  });

  it("wants a text with options or buttons, but not with a file", () => {
    const options = [{ label: "a" }];
    expect(kinds({ text: " ", options })).toEqual([["text", "text"]]);
    expect(kinds({ text: "", options, hasMedia: true })).toEqual([]);
  });

  it("leaves out what was left empty", () => {
    expect(asOptions([{ label: "a", description: "", metadata: "m" }])).toEqual([{ label: "a", metadata: "m" }]);
    expect(asLinks([{ label: "b", kind: "like", value: "7" }])).toEqual([
      { label: "b", url: "https://x.com/intent/like?tweet_id=7" },
    ]);
  });
});

describe("web intents", () => {
  it("are written as X takes them, and nothing breaks out of them", () => {
    expect(addressOf("post", "a&b #c")).toBe("https://x.com/intent/tweet?text=a%26b%20%23c");
    expect(addressOf("reply", "https://x.com/acme/status/123?s=20")).toBe(
      "https://x.com/intent/tweet?in_reply_to=123",
    );
    expect(addressOf("repost", "9")).toBe("https://x.com/intent/retweet?tweet_id=9");
    expect(addressOf("follow", "@acme")).toBe("https://x.com/intent/follow?screen_name=acme");
    expect(addressOf("message", "1001")).toBe("https://x.com/messages/compose?recipient_id=1001");
    expect(KINDS.map((kind) => addressOf(kind, " "))).toEqual(KINDS.map(() => ""));
    expect(postIdOf("nothing")).toBe("nothing");
  });
});
