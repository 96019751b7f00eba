/** The phones on the stage: whose they are, kept in the address after `#`. */
import { inMemory } from "../phone/location";
import { Receipts } from "../phone/receipts.svelte";
import { Session } from "../phone/session.svelte";

interface Stand {
  key: number;
  session: Session;
  /** Whose it is to be; `""` for whoever is first. */
  customerId: string;
  stop: () => void;
}

/** Phones side by side, each a session of its own. */
export class Phones {
  all = $state.raw<Stand[]>([]);
  #made = 0;

  /** Put the phones up that the address names; the function given back takes all down. */
  start(): () => void {
    const said = new URLSearchParams(location.hash.replace(/^#/, "")).get("phones") ?? "";
    for (const customerId of said.split(",")) this.#put(customerId);
    this.#keep();
    return () => {
      for (const { stop } of this.all) stop();
      this.all = [];
    };
  }

  /** The customer who gets the next phone; `undefined` where everybody has one. */
  get next(): string | undefined {
    const shown = new Set(this.all.map(({ session }) => session.people.customer?.user_id));
    const [first] = this.all;
    return first?.session.people.customers.find(({ user_id }) => !shown.has(user_id))?.user_id;
  }

  /** Put up another phone. */
  add(): void {
    if (this.next === undefined) return;
    this.#put(this.next);
    this.#keep();
  }

  /** Take a phone down. */
  remove(stand: Stand): void {
    stand.stop();
    this.all = this.all.filter((each) => each !== stand);
    this.#keep();
  }

  #put(customerId: string): void {
    const choice = { customerId, accountId: "", place: "messages" } as const;
    const session = new Session(
      inMemory(choice, (changed) => {
        stand.customerId = changed.customerId;
        this.#keep();
      }),
      // Both sides are in sight here: each sees the other type and read.
      new Receipts("stage", "on"),
    );
    const stand: Stand = { key: ++this.#made, session, customerId, stop: () => undefined };
    this.all = [...this.all, stand];
    stand.stop = session.start();
  }

  #keep(): void {
    const said = this.all.map(({ customerId }) => customerId).join(",");
    history.replaceState(null, "", `#${new URLSearchParams({ phones: said }).toString()}`);
  }
}
