/** What people call the fields of a message that the API names, and what to do where one is wrong. */
import type { FieldError } from "../shared/http";

const number = new Intl.NumberFormat("en");

const WORDS: Record<string, string> = {
  text: "Text",
  quick_replies: "Quick replies",
  buttons: "Buttons",
  media_id: "The file",
  file: "The file",
  name: "Name",
  profile_id: "Who speaks",
  speak: "Who speaks",
  tags: "Tags",
  label: "label",
  description: "description",
  metadata: "metadata",
  url: "address",
};

/** Say a field's name in words: `quick_replies[0].label` is "Quick reply 1, label". */
export function fieldName(field: string): string {
  const [, list, n, part] = /^(quick_replies|buttons)\[(\d+)\](?:\.(\w+))?$/.exec(field) ?? [];
  if (list === undefined) return WORDS[field] ?? field;
  const one = `${list === "buttons" ? "Button" : "Quick reply"} ${Number(n) + 1}`;
  return part === undefined ? one : `${one}, ${WORDS[part] ?? part}`;
}

/** What to do about what the API says of a field; by how its sentence begins. */
const REMEDIES: readonly [RegExp, string][] = [
  [/too long|too many characters|at most \d+ char/i, "Shorten it."],
  [/^too many$|too many items|length <= /i, "Remove some."],
  [/must not be empty|length >= 1/i, "Write something, or remove it."],
  [/must start with https/i, "Write the whole address, with https:// in front."],
  [/must hold no blanks/i, "Take them out; a blank that belongs there is written %20."],
  [/must name a host/i, "Write the whole address."],
  [/must hold no link/i, "Put the link into the text or a button."],
  [/is no id of X/i, "Attach the file again."],
  [/every option has a description/i, "Describe all of them, or none."],
];

/** Say in words what is wrong with a field, and what to do. */
export function wrong({ field, message, limit, value }: FieldError): string {
  const bounds = limit === undefined ? "" : ` (limit ${number.format(limit)}, found ${value === undefined ? "none" : number.format(value)})`;
  const remedy = REMEDIES.find(([known]) => known.test(message))?.[1];
  const said = `${fieldName(field)}: ${message.replace(/\.$/, "")}${bounds}.`;
  return remedy === undefined ? said : `${said} ${remedy}`;
}
