/** The users of the simulated X, and which two of them the phone shows. */
import { get, post } from "../shared/http";
import type { Choice, Keeper, Way } from "./location";
import type { Relation, User, World } from "./wire";

/** Accounts, customers, and the choice among them, which follows the address and back. */
export class People {
  users = $state.raw<User[]>([]);
  isLoaded = $state(false);
  apps = $state.raw<World["apps"]>([]);
  readonly #keeper: Keeper;
  #wanted = $state.raw<Choice>({ customerId: "", accountId: "", place: "messages" });
  /** An account whose tokens are revoked is still written to. */
  readonly #onceAccounts = new Set<string>();

  readonly accounts = $derived(this.users.filter((user) => this.#isAccount(user)));
  readonly customers = $derived(this.users.filter((user) => !this.#isAccount(user)));
  readonly account = $derived(pick(this.accounts, this.#wanted.accountId));
  readonly customer = $derived(pick(this.customers, this.#wanted.customerId));
  readonly place = $derived(this.#wanted.place);

  /** @param keeper Where the choice is kept. */
  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    this.#wanted = keeper.readChoice();
  }

  /** Read the world anew. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const world = await get<World>("/_sim/world");
    for (const user of world.users) if (user.is_account) this.#onceAccounts.add(user.user_id);
    this.users = world.users.map((user) => ({ ...this.find(user.user_id), ...user }));
    this.apps = world.apps;
    this.isLoaded = true;
  }

  /** Take in a user that is new or has changed. */
  put(user: User): void {
    const n = this.users.findIndex((each) => each.user_id === user.user_id);
    this.users = n < 0 ? [...this.users, user] : this.users.with(n, user);
  }

  /** Take in that somebody follows somebody, or no longer does. */
  relate({ type, source_id, target_id }: Relation): void {
    if (type !== "follow" && type !== "unfollow") return;
    const source = this.users.find((user) => user.user_id === source_id);
    if (source === undefined) return;
    const others = (source.follows ?? []).filter((id) => id !== target_id);
    this.put({ ...source, follows: type === "follow" ? [...others, target_id] : others });
  }

  /** Find a user by id, else by handle; capitals do not matter. */
  find(userId: string, screenName = ""): User | undefined {
    const handle = screenName.toLowerCase();
    return (
      this.users.find((user) => user.user_id === userId) ??
      this.users.find((user) => user.screen_name.toLowerCase() === handle)
    );
  }

  /** Play another customer, write to another account, or go to another place. */
  choose(choice: Partial<Choice>): void {
    const customerId = choice.customerId ?? this.customer?.user_id ?? "";
    const accountId = choice.accountId ?? this.account?.user_id ?? "";
    this.#wanted = { customerId, accountId, place: choice.place ?? this.place };
    this.#keeper.write(this.#wanted);
  }

  /** Follow an address; gives the deep link it carries, which is then taken out of it. */
  readAddress(): Way {
    this.#wanted = this.#keeper.readChoice();
    const way = this.#keeper.readWay();
    this.choose({ customerId: this.#wanted.customerId, accountId: this.#wanted.accountId });
    return way;
  }

  /** Add a customer. Throws `RequestFailed`, which names the field. */
  async add(screenName: string, name: string): Promise<User> {
    const user = await post<User>("/_sim/users", { screen_name: screenName, name });
    this.put(user);
    return user;
  }

  #isAccount({ user_id, is_account }: User): boolean {
    return is_account || this.#onceAccounts.has(user_id) || user_id === this.#wanted.accountId;
  }
}

function pick(users: readonly User[], id: string): User | undefined {
  return users.find((user) => user.user_id === id) ?? users[0];
}
