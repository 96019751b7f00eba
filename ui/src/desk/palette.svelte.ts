/** What the palette offers for what is typed: commands, places, customers, messages. */
import { choices, commands, fits, type Acts, type Command, type Section, type Step } from "./commands";
import { printed } from "./keys";
import { customerName } from "./naming";
import { Search, type FoundCustomer, type FoundMessage } from "./search.svelte";
import { t } from "./texts";

const KEY = "roost.desk.used";
const MOST_RECENT = 3;
const MOST_FOUND = 5;
const SECTIONS: readonly Section[] = ["here", "go", "desk", "list"];
/** What is searched for: letters enough that not everything has them. */
const SEARCHED_FROM = 2;

/** One line that can be chosen. */
export interface Entry {
  id: string;
  title: string;
  detail: string;
  /** As printed; empty where there is none. */
  keys: string;
  /** What is chosen next; it is not run then. */
  opens?: Step | undefined;
  run: () => void;
}

export interface Group {
  title: string;
  entries: readonly Entry[];
}

/** What of the desk the palette leads to. */
export interface Leads {
  open: (conversation: string, messageId: string) => void;
  /** Every message and customer, in a list of its own. */
  searchAll: (text: string) => void;
  toTag: (tag: string) => void;
}

/** What is around it. */
export interface Around {
  acts: () => Acts;
  leads: Leads;
  /** Every tag there is. */
  tags: () => readonly string[];
  now: () => number;
  /** What is to be chosen first; `null` for everything. */
  step: Step | null;
}

export class Palette {
  text = $state("");
  step = $state<Step | null>(null);
  active = $state(0);
  readonly search = new Search();
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
    this.step = around.step;
  }

  groups = $derived.by<readonly Group[]>(() => {
    if (this.step !== null) return [this.#choices(this.step)];
    const [sign, words] = split(this.text);
    const groups = [
      ...(sign === "" || sign === ">" ? this.#commands(words) : []),
      ...(sign === "#" ? [this.#places(words)] : []),
      ...(sign === "" || sign === "@" ? this.#found(sign) : []),
    ];
    return groups.filter(({ entries }) => entries.length > 0);
  });

  entries = $derived(this.groups.flatMap((group) => group.entries));

  /** Take what stands in the box. */
  type(text: string): void {
    this.text = text;
    this.active = 0;
    const [sign, words] = split(text);
    const isSearched = this.step === null && (sign === "" || sign === "@") && words.length >= SEARCHED_FROM;
    this.search.type(isSearched ? words : "");
  }

  /** Go to the one above or below; past the last comes the first. */
  move(by: 1 | -1): void {
    const n = this.entries.length;
    if (n > 0) this.active = (this.active + by + n) % n;
  }

  /** Go on to a step, or, with `null`, back to everything. */
  to(step: Step | null): void {
    this.step = step;
    this.type("");
  }

  #choices(step: Step): Group {
    const found = choices(step, this.text, this.#around.acts(), this.#around.tags(), this.#around.now());
    return {
      title: t.palette.steps[step].title,
      entries: found.map((one) => ({ ...one, id: `${step} ${one.id}`, detail: "", keys: "" })),
    };
  }

  #commands(words: string): Group[] {
    const possible = commands(this.#around.acts()).filter((one) => one.isPossible && fits(one.title, words));
    const recent = words === "" ? lately().flatMap((id) => possible.filter((one) => one.id === id)) : [];
    const groups = SECTIONS.map((section) => ({
      title: t.commands.sections[section],
      entries: possible.filter((one) => one.section === section && !recent.includes(one)).map(asEntry),
    }));
    return [{ title: t.palette.recent, entries: recent.map(asEntry) }, ...groups];
  }

  #places(words: string): Group {
    const found = this.#around.tags().filter((tag) => fits(tag, words));
    const entries = found.map((tag) => ({
      id: `#${tag}`,
      title: `#${tag}`,
      detail: "",
      keys: "",
      run: () => this.#around.leads.toTag(tag),
    }));
    return { title: t.palette.tags, entries };
  }

  #found(sign: string): Group[] {
    const { customers, messages, answered } = this.search;
    const people = { title: t.palette.people, entries: customers.slice(0, MOST_FOUND).map((one) => this.#customer(one)) };
    if (sign === "@") return [people];
    const some = messages.slice(0, MOST_FOUND).map((one) => this.#message(one));
    const all = { id: "all", title: t.palette.all(answered), detail: "", keys: "", run: () => this.#around.leads.searchAll(answered) };
    return [people, { title: t.palette.messages, entries: some.length > 0 ? [...some, all] : [] }];
  }

  #customer(one: FoundCustomer): Entry {
    const name = `${one.account_id}/${one.conversation_id}`;
    const handle = one.customer.screen_name === "" ? "" : `@${one.customer.screen_name}`;
    return {
      id: `customer ${name}`,
      title: customerName(one.customer),
      detail: handle,
      keys: "",
      run: () => this.#around.leads.open(name, ""),
    };
  }

  #message(one: FoundMessage): Entry {
    return {
      id: `message ${one.account_id}/${one.message_id}`,
      title: one.snippet.map((part) => part.text).join(""),
      detail: customerName(one.customer),
      keys: "",
      run: () => this.#around.leads.open(`${one.account_id}/${one.conversation_id}`, one.message_id),
    };
  }
}

function asEntry({ id, title, keys, opens, run }: Command): Entry {
  return { id, title, detail: "", keys: keys[0] === undefined ? "" : printed(keys[0]), opens, run };
}

/** Remember what was chosen; of what was found nothing is kept. */
export function use({ id }: Entry): void {
  if (!(id in t.commands.titles)) return;
  localStorage.setItem(KEY, JSON.stringify([id, ...lately().filter((one) => one !== id)].slice(0, MOST_RECENT)));
}

/** The ids of what was chosen last, the latest first. */
function lately(): string[] {
  const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
  return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
}

/** Split off the sign that says what is meant. */
function split(text: string): [sign: string, words: string] {
  const [, sign = "", words = ""] = /^([>@#]?)(.*)$/s.exec(text.trimStart()) ?? [];
  return [sign, words.trim()];
}
