/** A message's text: escapes, links, and nothing a browser could run. */
import { describe, expect, test } from "vitest";
import { isFewEmoji, plain, segments, unescape, webAddress } from "./text";

function entity(url: string, expanded_url: string, display_url = "shop.example/o/7") {
  return { url, expanded_url, display_url };
}

describe("unescape", () => {
  test("undoes X's three escapes", () => {
    expect(unescape("1 &lt; 2 &amp;&amp; 3 &gt; 2")).toBe("1 < 2 && 3 > 2");
  });

  test("undoes them once, so that what looks like an escape survives", () => {
    expect(unescape("&amp;lt;b&amp;gt;")).toBe("&lt;b&gt;");
  });

  test("leaves every other entity as it was written", () => {
    expect(unescape("&quot;&#60;&nbsp;&")).toBe("&quot;&#60;&nbsp;&");
  });
});

describe("segments", () => {
  test("shows a short link as what it stands for", () => {
    const urls = [entity("https://t.co/abc", "https://shop.example/o/7")];
    expect(segments("Order &amp; status https://t.co/abc &lt;3", urls)).toEqual([
      { kind: "text", text: "Order & status " },
      { kind: "link", text: "shop.example/o/7", href: "https://shop.example/o/7" },
      { kind: "text", text: " <3" },
    ]);
  });

  test("finds links behind characters beyond the basic plane", () => {
    const urls = [entity("https://t.co/abc", "https://shop.example/o/7")];
    const [before, link] = segments("😀👍🏽 https://t.co/abc", urls);
    expect(before?.text).toBe("😀👍🏽 ");
    expect(link?.kind).toBe("link");
  });

  test("keeps two uses of one link, in the order of the text", () => {
    const one = entity("https://t.co/a", "https://one.example/", "one");
    const two = entity("https://t.co/b", "https://two.example/", "two");
    const text = "https://t.co/a https://t.co/b https://t.co/a";
    expect(segments(text, [two, one, one]).map((each) => each.text)).toEqual([
      "one",
      " ",
      "two",
      " ",
      "one",
    ]);
  });

  test("does not find a short address inside a longer one", () => {
    const short = entity("https://t.co/a", "https://short.example/", "short");
    const long = entity("https://t.co/ab", "https://long.example/", "long");
    expect(segments("https://t.co/ab", [long, short]).map((each) => each.text)).toEqual(["long"]);
  });

  test("never makes a link that runs code", () => {
    const urls = [entity("javascript:alert(1)", "javascript:alert(2)", "click")];
    expect(segments("javascript:alert(1)", urls)).toEqual([{ kind: "text", text: "click" }]);
  });

  test("leaves markup as text", () => {
    expect(segments("&lt;img src=x onerror=alert(1)&gt;")).toEqual([
      { kind: "text", text: "<img src=x onerror=alert(1)>" },
    ]);
  });

  test("ignores entities that are not in the text", () => {
    expect(segments("hello", [entity("https://t.co/gone", "https://a.example/")])).toEqual([
      { kind: "text", text: "hello" },
    ]);
  });
});

test("plain gives one line", () => {
  const urls = [entity("https://t.co/abc", "https://shop.example/o/7")];
  expect(plain("Which\n\norder? https://t.co/abc", urls)).toBe("Which order? shop.example/o/7");
});

test("only http and https are addresses to open", () => {
  expect(webAddress("https://shop.example/")).toBe("https://shop.example/");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "shop", ""]) {
    expect(webAddress(url)).toBeNull();
  }
});

test("the link of what is attached is not shown where it ends the text, and only there", () => {
  const photo = { url: "https://t.co/p", expanded_url: "https://x.com/p", display_url: "pic/p" };
  expect(segments("Look https://t.co/p", [photo], photo.url)).toEqual([{ kind: "text", text: "Look" }]);
  expect(segments("https://t.co/p", [photo], photo.url)).toEqual([]);
  expect(segments("https://t.co/p first", [photo], photo.url).map((each) => each.kind)).toEqual([
    "link",
    "text",
  ]);
});

test.each([
  ["😀", true],
  ["😀🎉", true],
  [" 👨‍👩‍👧‍👦👋🏽 ", true],
  ["🇳🇴", true],
  ["❤️❤️❤️", true],
  ["😀😀😀😀", false],
  ["123", false],
  ["ok 😀", false],
  ["", false],
  ["*", false],
])("%j is a few emoji: %j", (text, expected) => {
  expect(isFewEmoji(text)).toBe(expected);
});
