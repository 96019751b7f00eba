/** What people call the fields of a message that the API names. */

const WORDS: Record<string, string> = {
  text: "Text",
  quick_replies: "Quick replies",
  buttons: "Buttons",
  media_id: "The file",
  file: "The file",
  name: "Name",
  profile_id: "Who speaks",
  speak: "Who speaks",
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
