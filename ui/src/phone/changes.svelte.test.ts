/** Which rows are kept, in which order, and which belongs to what is selected. */
import { describe, expect, it } from "vitest";
import { Changes } from "./changes.svelte";
import type { ChangeRow } from "./wire";

function row(id: string, messageId: string, what: "made" | "removed" = "made"): ChangeRow {
  const changes = [{ kind: "message", id: messageId, what, fields: [] }];
  return { id, at: "0", cause: "send_dm", user_id: "2002", changes, left_out: 0 };
}

describe("changes", () => {
  it("are in the order of their numbers, each once, and not too many", () => {
    const changes = new Changes();
    changes.put(row("10", "b"), row("9", "a"), row("10", "b"));
    expect(changes.rows.map(({ id }) => id)).toEqual(["9", "10"]);
    for (let n = 11; n < 300; n += 1) changes.put(row(String(n), "c"));
    expect(changes.rows).toHaveLength(200);
    expect(changes.rows.at(-1)?.id).toBe("299");
  });

  it("are found by what they made and by what a call names", () => {
    const changes = new Changes();
    changes.put(row("1", "a"), row("2", "b"), row("3", "a", "removed"));
    expect(changes.placeOf("a", "")).toBe(0);
    expect(changes.placeOf("", "3")).toBe(2);
    expect(changes.placeOf("c", "")).toBe(-1);
  });
});
