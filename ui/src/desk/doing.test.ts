import { describe, expect, it } from "vitest";
import { RequestFailed } from "../shared/http";
import { Doing } from "./doing.svelte";

const refuses = (why: string) => (): Promise<void> => Promise.reject(new RequestFailed(why, 409));

describe("what a page does", () => {
  it("is busy from the first look until what it shows has been read", async () => {
    const seen: boolean[] = [];
    const doing: Doing = new Doing(async () => void seen.push(doing.isBusy));
    expect(doing.isBusy).toBe(true);
    await doing.look();
    expect([...seen, doing.isBusy]).toEqual([true, false]);
    expect(new Doing().isBusy).toBe(false);
  });

  it("reads anew after an attempt that failed, too, and says the first failure", async () => {
    let n = 0;
    const doing = new Doing(() => refuses(`reading ${++n}`)());
    await doing.attempt(refuses("taken"));
    expect([doing.failure, n, doing.isBusy]).toEqual(["taken", 1, false]);
    await doing.look();
    expect(doing.failure).toBe("reading 2");
  });

  it("forgets a failure once something was done", async () => {
    const doing = new Doing();
    await doing.attempt(refuses("taken"));
    await doing.attempt(() => Promise.resolve());
    expect(doing.failure).toBe("");
  });

  it("hides no mistake of the page's own, and is free again", async () => {
    const doing = new Doing();
    await expect(doing.attempt(() => Promise.reject(new TypeError("no such thing")))).rejects.toThrow("no such thing");
    expect(doing.isBusy).toBe(false);
  });
});
