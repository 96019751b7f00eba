/** What a message may hold, checked while it is being written; the server checks again. */
import type { IntentKind } from "./intents";
import { addressOf } from "./intents";
import type { Limits, Link, Option } from "./wire";

/** One thing that is wrong. `excess` is by how much, where the fault is one of size. */
export interface Problem {
  field: string;
  kind: "long" | "many" | "empty" | "link" | "address" | "described" | "text";
  limit: number;
  value: number;
  excess: number;
}

/** A button as it is being built. */
export interface EditedButton {
  label: string;
  kind: IntentKind;
  value: string;
}

/** A message as it is being written. */
export interface Edited {
  text: string;
  options: readonly Option[];
  buttons: readonly EditedButton[];
  hasMedia: boolean;
  /** Put under the text; "" for nothing. */
  signature: string;
}

/** What quick replies and buttons are put together in. */
export interface Built {
  options: Option[];
  buttons: EditedButton[];
  /** Not known until the server has told them. */
  readonly limits: Limits | undefined;
}

/** Count characters as X does: code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** The length of the text with the line under it. */
export function textLength({ text, signature }: Edited): number {
  const signed = signature === "" ? 0 : lengthOf(signature);
  return lengthOf(text) + (signed > 0 && text !== "" ? signed + 1 : signed);
}

/** Find everything that is wrong, in the order in which it stands. */
export function problemsOf(edited: Edited, limits: Limits): Problem[] {
  return [
    ...textProblems(edited, limits),
    ...many("quick_replies", edited.options.length, limits.quick_replies),
    ...edited.options.flatMap((option, n) => optionProblems(option, n, limits)),
    ...described(edited.options),
    ...many("buttons", edited.buttons.length, limits.buttons),
    ...edited.buttons.flatMap((button, n) => buttonProblems(button, n, limits)),
  ];
}

/** Write options as they are sent: what was left empty is left out. */
export function asOptions(options: readonly Option[]): Option[] {
  return options.map(({ label, metadata, description }) => ({
    label,
    ...(metadata ? { metadata } : {}),
    ...(description ? { description } : {}),
  }));
}

/** Write buttons as they are sent. */
export function asLinks(buttons: readonly EditedButton[]): Link[] {
  return buttons.map(({ label, kind, value }) => ({ label, url: addressOf(kind, value) }));
}

function textProblems(edited: Edited, limits: Limits): Problem[] {
  const length = textLength(edited);
  if (length > limits.text) return [sized("text", "long", limits.text, length)];
  const hasParts = edited.options.length > 0 || edited.buttons.length > 0;
  if (edited.text.trim() === "" && hasParts && !edited.hasMedia) {
    return [sized("text", "text", limits.text, 0)];
  }
  return [];
}

function optionProblems(option: Option, n: number, limits: Limits): Problem[] {
  const where = `quick_replies[${n}]`;
  const found = label(`${where}.label`, option.label, limits.quick_reply_label);
  if (/https?:\/\//i.test(option.label)) found.push(sized(`${where}.label`, "link", 0, lengthOf(option.label)));
  return [
    ...found,
    ...long(`${where}.description`, option.description ?? "", limits.quick_reply_description),
    ...long(`${where}.metadata`, option.metadata ?? "", limits.quick_reply_metadata),
  ];
}

function buttonProblems(button: EditedButton, n: number, limits: Limits): Problem[] {
  const found = label(`buttons[${n}].label`, button.label, limits.button_label);
  const url = addressOf(button.kind, button.value);
  if (!isAddress(url)) found.push(sized(`buttons[${n}].url`, "address", 8, lengthOf(url)));
  return found;
}

/** The rule is `roost.model.addresses`: blanks, backslashes and what cannot be seen are in no address. */
function isAddress(url: string): boolean {
  if (!/^https:\/\/[!"$-.0->@-~]+([/?#]|$)/i.test(url) || /[\p{C}\p{Z}\\]/u.test(url)) return false;
  return /[\p{L}\p{N}]/u.test(URL.parse(url)?.hostname ?? "");
}

function described(options: readonly Option[]): Problem[] {
  const count = options.filter(({ description }) => Boolean(description)).length;
  if (count === 0 || count === options.length) return [];
  return [sized("quick_replies", "described", options.length, count)];
}

function label(field: string, text: string, limit: number): Problem[] {
  return text.trim() === "" ? [sized(field, "empty", limit, 0)] : long(field, text, limit);
}

function long(field: string, text: string, limit: number): Problem[] {
  const length = lengthOf(text);
  return length > limit ? [sized(field, "long", limit, length)] : [];
}

function many(field: string, count: number, limit: number): Problem[] {
  return count > limit ? [sized(field, "many", limit, count)] : [];
}

function sized(field: string, kind: Problem["kind"], limit: number, value: number): Problem {
  return { field, kind, limit, value, excess: Math.max(0, value - limit) };
}
