import { describe, expect, it } from "vitest";
import { filled, fitting, typedName } from "./canned";
import type { Canned, Conversation, Me } from "./wire";

const ME: Me = {
  person_id: "p",
  name: "Sam",
  login: "sam",
  role: "agent",
  accounts: [{ account_id: "1", screen_name: "acme", bot: "" }],
  colleagues: [],
  csrf: "",
};

function talk(name: string, screen_name = "ada"): Conversation {
  const customer = { user_id: "2", screen_name, name };
  return { account_id: "1", customer } as Conversation;
}

function canned(name: string, text: string): Canned {
  return { canned_id: name, name, text };
}

describe("canned replies", () => {
  it("are asked for by a slash and nothing but a name", () => {
    expect(["/", "/la", "/la te", "a/b", "//", ""].map(typedName)).toEqual(["", "la", null, null, null, null]);
  });

  it("that begin with what is typed come first", () => {
    const all = [canned("x", "we are late"), canned("not-late", ""), canned("late", ""), canned("bye", "")];
    expect(fitting(all, "LAT").map(({ name }) => name)).toEqual(["late", "not-late", "x"]);
    expect(fitting(all, "")).toHaveLength(4);
  });

  it("have their variables filled, and nothing else", () => {
    const text = "{customer.name} {customer.handle} {agent.name} {account.handle} {constructor} {__proto__} {0.x}";
    expect(filled(text, talk("Ada"), ME)).toBe("Ada @ada Sam @acme {constructor} {__proto__} {0.x}");
  });

  it("do not fill variables that stand in a customer's name", () => {
    expect(filled("Dear {customer.name}", talk("{agent.name} $& $1"), ME)).toBe("Dear {agent.name} $& $1");
  });
});
