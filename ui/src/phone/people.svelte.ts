/** The users of the simulated X, and which two of them the phone shows. */
import { get, post } from "../shared/http";
import { readChoice, writeChoice } from "./location";
import type { Choice } from "./location";
import type { User, World } from "./wire";

/** Accounts, customers, and the choice among them, which follows the address and back. */
export class People {
  users = $state.raw<User[]>([]);
  isLoaded = $state(false);
  /** How far the simulator's clock is ahead of this browser's, in milliseconds. */
  clockOffset = $state(0);
  #wanted = $state.raw<Choice>(readChoice(location.hash));

  readonly accounts = $derived(this.users.filter((user) => user.is_account));
  readonly customers = $derived(this.users.filter((user) => !user.is_account));
  readonly account = $derived(pick(this.accounts, this.#wanted.accountId));
  readonly customer = $derived(pick(this.customers, this.#wanted.customerId));

  /** Read the world anew. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const world = await get<World>("/_sim/world");
    this.users = world.users;
    this.clockOffset = Number(world.clock.now) - Date.now();
    this.isLoaded = true;
  }

  /** Take in a user that is new or has changed. */
  put(user: User): void {
    const n = this.users.findIndex((each) => each.user_id === user.user_id);
    this.users = n < 0 ? [...this.users, user] : this.users.with(n, user);
  }

  /** Play another customer, or write to another account. */
  choose(choice: Partial<Choice>): void {
    const customerId = choice.customerId ?? this.customer?.user_id ?? "";
    const accountId = choice.accountId ?? this.account?.user_id ?? "";
    this.#wanted = { customerId, accountId };
    history.replaceState(null, "", writeChoice(this.#wanted) || location.pathname);
  }

  /** Follow an address that was changed by hand or by going back. */
  readAddress(): void {
    this.#wanted = readChoice(location.hash);
  }

  /** Add a customer and play it. Throws `RequestFailed`, which names the field. */
  async add(screenName: string, name: string): Promise<void> {
    const user = await post<User>("/_sim/users", { screen_name: screenName, name });
    this.put(user);
    this.choose({ customerId: user.user_id });
  }
}

function pick(users: readonly User[], id: string): User | undefined {
  return users.find((user) => user.user_id === id) ?? users[0];
}
