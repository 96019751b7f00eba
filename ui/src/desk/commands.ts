/** Everything that can be done by a key or from the palette: one table serves both, and the sheet of keys. */
import { SNOOZES, snoozeUntil, typedUntil } from "./snoozes";
import { t } from "./texts";
import type { Thread } from "./thread.svelte";
import { full } from "./times";
import type { Place } from "./route.svelte";
import type { Me, View } from "./wire";

/** What is chosen after a command: whom, until when, or which tag. */
export type Step = "assign" | "snooze" | "tag";
export type Section = "here" | "list" | "go" | "desk";
export type CommandId = keyof typeof t.commands.titles;

/** Something that can be done. */
export interface Command {
  id: CommandId;
  section: Section;
  title: string;
  /** As `Sequence` names them; the first is shown. */
  keys: readonly string[];
  /** Whether it can be done just now. */
  isPossible: boolean;
  /** What is chosen next. */
  opens?: Step | undefined;
  run: () => void;
}

/** What a step offers. */
export interface Choice {
  id: string;
  title: string;
  run: () => void;
}

/** What the desk lets commands do. */
export interface Acts {
  me: Me;
  thread: Thread | null;
  /** Whether the pages for admins are shown instead of conversations. */
  isActivity: boolean;
  step: (by: 1 | -1) => void;
  write: (isNote: boolean) => void;
  /** Be done with the open conversation, and open the next. */
  resolveAndNext: () => void;
  /** Mark the open conversation unread, and go back to the list. */
  markUnread: () => void;
  togglePanel: () => void;
  go: (place: Partial<Place>) => void;
  ask: (step: Step) => void;
  search: () => void;
  showKeys: () => void;
  showSettings: () => void;
  logOut: () => void;
}

const VIEW_KEYS: readonly [View, string][] = [
  ["mine", "m"],
  ["unassigned", "u"],
  ["bot", "b"],
  ["snoozed", "s"],
  ["resolved", "d"],
  ["all", "a"],
];
const TAB_KEYS = [["", "v"], ["connections", "c"], ["welcome", "w"], ["people", "p"], ["keys", "k"]] as const;

/** Give every command; what cannot be done just now is marked. */
export function commands(acts: Acts): Command[] {
  return [...ofConversation(acts), ...ofList(acts), ...ofPlaces(acts), ...ofDesk(acts)];
}

/** Tell whether somebody is who has the open conversation. */
export function isMine(thread: Thread | null, me: Me): boolean {
  const one = thread?.conversation ?? null;
  return one !== null && one.control === "agent" && one.controller_id === me.person_id;
}

function ofConversation(acts: Acts): Command[] {
  const { thread, me } = acts;
  const one = thread?.conversation ?? null;
  const has = isMine(thread, me);
  const isDone = one?.control === "nobody";
  const make = (id: CommandId, keys: readonly string[], isPossible: boolean, work: (open: Thread) => unknown, opens?: Step): Command => ({
    id,
    section: "here",
    title: t.commands.titles[id],
    keys,
    isPossible: one !== null && !acts.isActivity && isPossible,
    opens,
    run: () => void (thread && work(thread)),
  });
  return [
    make("reply", ["r"], true, () => acts.write(false)),
    make("note", ["n"], true, () => acts.write(true)),
    make(has ? "handBack" : "takeOver", ["t"], true, (open) => (has ? open.handBack() : open.takeOver())),
    make("assignMe", ["i"], !has, (open) => open.assign(me.person_id)),
    make("assign", ["a"], true, () => acts.ask("assign"), "assign"),
    make("resolve", ["e"], !isDone, (open) => open.resolve()),
    make("resolveNext", ["shift+e"], !isDone, acts.resolveAndNext),
    make("reopen", [], isDone, (open) => open.reopen()),
    make("snooze", ["z"], one?.is_snoozed === false, (open) => open.snooze(null)),
    make("snoozeUntil", ["shift+z"], one?.is_snoozed === false, () => acts.ask("snooze"), "snooze"),
    make("unsnooze", [], one?.is_snoozed === true, (open) => open.unsnooze()),
    make("tag", ["l"], true, () => acts.ask("tag"), "tag"),
    make("unread", ["u"], true, acts.markUnread),
    make("panel", ["p"], true, acts.togglePanel),
  ];
}

function ofList(acts: Acts): Command[] {
  const make = (id: CommandId, keys: readonly string[], run: () => void): Command => ({
    id,
    section: "list",
    title: t.commands.titles[id],
    keys,
    isPossible: !acts.isActivity,
    run,
  });
  return [
    make("next", ["j", "ArrowDown"], () => acts.step(1)),
    make("previous", ["k", "ArrowUp"], () => acts.step(-1)),
  ];
}

function ofPlaces({ me, go }: Acts): Command[] {
  const make = (id: CommandId, key: string, isPossible: boolean, place: Partial<Place>): Command => ({
    id,
    section: "go",
    title: t.commands.titles[id],
    keys: [`g ${key}`],
    isPossible,
    run: () => go({ open: "", ...place }),
  });
  return [
    ...VIEW_KEYS.map(([view, key]) => make(`to_${view}` as CommandId, key, true, { view })),
    ...TAB_KEYS.map(([tab, key]) =>
      make(`tab_${tab || "events"}` as CommandId, key, me.role === "admin", { activity: tab }),
    ),
  ];
}

function ofDesk({ me, search, showKeys, showSettings, logOut }: Acts): Command[] {
  const make = (id: CommandId, keys: readonly string[], isPossible: boolean, run: () => void): Command => ({
    id,
    section: "desk",
    title: t.commands.titles[id],
    keys,
    isPossible,
    run,
  });
  return [
    make("search", ["/"], true, search),
    make("keys", ["?"], true, showKeys),
    make("settings", [], me.role === "admin", showSettings),
    make("logOut", [], true, logOut),
  ];
}

/** Give what a step offers for what has been typed. */
export function choices(step: Step, text: string, { me, thread }: Acts, known: readonly string[], now: number): Choice[] {
  if (thread?.conversation == null) return [];
  if (step === "assign") return people(text, me, thread);
  return step === "snooze" ? times(text, thread, now) : tags(text, thread, known);
}

function people(text: string, me: Me, thread: Thread): Choice[] {
  const all = [
    ...me.colleagues.map((one) => ({
      id: one.person_id,
      title: one.person_id === me.person_id ? t.strip.me(one.name) : one.name,
      run: () => void thread.assign(one.person_id),
    })),
    { id: "nobody", title: t.commands.nobody, run: () => void thread.assign(null) },
  ];
  return all.filter(({ title }) => fits(title, text));
}

function times(text: string, thread: Thread, now: number): Choice[] {
  const until = typedUntil(text, now);
  const typed = until === null ? [] : [{ id: "typed", title: t.commands.until(full(until)), run: () => void thread.snooze(until) }];
  const usual = SNOOZES.map((choice) => ({
    id: choice,
    title: t.strip.snoozes[choice],
    run: () => void thread.snooze(snoozeUntil(choice, now)),
  }));
  return [...typed, ...usual.filter(({ title }) => fits(title, text))];
}

function tags(text: string, thread: Thread, known: readonly string[]): Choice[] {
  const wanted = text.trim().replace(/^#/, "");
  const own = thread.conversation?.tags ?? [];
  const set = (tag: string): Choice => ({
    id: `add ${tag}`,
    title: t.commands.addTag(tag),
    run: () => void thread.tag([...own, tag]),
  });
  const drop = (tag: string): Choice => ({
    id: `remove ${tag}`,
    title: t.tags.remove(tag),
    run: () => void thread.tag(own.filter((one) => one !== tag)),
  });
  const all = [...new Set([...own, ...known])].filter((tag) => fits(tag, wanted));
  const isNew = wanted !== "" && !all.includes(wanted);
  return [...all.map((tag) => (own.includes(tag) ? drop(tag) : set(tag))), ...(isNew ? [set(wanted)] : [])];
}

/** Tell whether every word that was typed begins a word of a title. */
export function fits(title: string, text: string): boolean {
  const words = title.toLocaleLowerCase().split(/[^\p{L}\p{N}]+/u);
  const wanted = text.toLocaleLowerCase().split(/[^\p{L}\p{N}]+/u).filter((one) => one !== "");
  return wanted.every((one) => words.some((word) => word.startsWith(one)));
}
