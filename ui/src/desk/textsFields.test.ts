import { describe, expect, it } from "vitest";
import { fieldName, wrong } from "./textsFields";

describe("what is wrong with a field", () => {
  it("names fields as people do", () => {
    expect(fieldName("quick_replies[2].description")).toBe("Quick reply 3, description");
    expect(fieldName("buttons[0]")).toBe("Button 1");
    expect(fieldName("media_id")).toBe("The file");
    expect(fieldName("something_new")).toBe("something_new");
  });

  it("says the limit, what was found, and what to do", () => {
    const error = { field: "text", message: "too long", limit: 10_000, value: 10_013 };
    expect(wrong(error)).toBe("Text: too long (limit 10,000, found 10,013). Shorten it.");
    expect(wrong({ field: "buttons[1].url", message: "must start with https://", limit: 8, value: 4 })).toBe(
      "Button 2, address: must start with https:// (limit 8, found 4). Write the whole address, with https:// in front.",
    );
  });

  it("says what the API says where no remedy is known", () => {
    expect(wrong({ field: "after", message: "is odd." })).toBe("after: is odd.");
  });
});
