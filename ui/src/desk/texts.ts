/** Every text the desk says, in one place. */

import type { Problem } from "./limits";
import { activity } from "./textsActivity";
import { customer } from "./textsCustomer";
import { fieldName, wrong } from "./textsFields";
import { commands, keys, palette } from "./textsKeys";
import { welcome } from "./textsWelcome";

const number = new Intl.NumberFormat("en");
const list = new Intl.ListFormat("en");

function sizes({ limit, value, excess }: Problem): string {
  const over = excess > 0 ? `: ${number.format(excess)} too many` : "";
  return `${number.format(value)} of ${number.format(limit)}${over}`;
}

function problem(one: Problem): string {
  const { kind, limit, value } = one;
  const field = fieldName(one.field);
  if (kind === "long") return `${field}: too long, ${sizes(one)} (characters). Shorten it.`;
  if (kind === "many") return `${field}: too many, ${sizes(one)}. Remove some.`;
  if (kind === "empty") return `${field}: must not be empty. Write something, or remove it.`;
  if (kind === "text") return "Text: a message with quick replies or buttons needs a text.";
  if (kind === "link") return `${field}: must hold no link. Put the link into the text or a button.`;
  if (kind === "described") return `${field}: either every option has a description or none has (${value} of ${limit} have).`;
  return `${field}: must be a whole address that begins with https://, without blanks or anything invisible.`;
}

export const t = {
  activity,
  commands,
  customer,
  keys,
  palette,
  welcome,

  desk: "Desk",
  loading: "Loading …",
  retry: "Try again",
  cancel: "Cancel",
  close: "Close",
  edit: "Edit",
  remove: "Remove",

  login: {
    title: "Log in",
    login: "Login",
    password: "Password",
    submit: "Log in",
    hint: "No account yet? An admin can invite you with `roost users invite`.",
    out: "Log out",
    ended: "You have been logged out. Log in to go on.",
  },
  enter: {
    opening: "Letting you in …",
    welcome: (name: string) => `Welcome, ${name}`,
    choose: "Choose a password, and you are in.",
    rule: "At least 12 characters. A few words work well.",
    submit: "Choose password",
    toLogin: "To the login page",
  },

  views: {
    label: "Views",
    mine: "Mine",
    unassigned: "Unassigned",
    bot: "Bot handling",
    snoozed: "Snoozed",
    resolved: "Resolved",
    tagged: "With a tag",
    all: "All",
    count: (n: number) => (n >= 1000 ? "999+" : number.format(n)),
    counted: (view: string, n: number) => `${view}, ${n >= 1000 ? "more than 999" : n}`,
  },
  list: {
    label: (view: string) => `Conversations: ${view}`,
    more: "Show more",
    everyAccount: "Every account",
    fresh: (n: number) => (n === 1 ? "1 new" : `${n} new`),
    waiting: (since: string) => `waiting ${since}`,
    snoozed: (until: string) => (until === "" ? "snoozed until they write" : `snoozed until ${until}`),
    unread: (n: number) => `${n} unread`,
    marked: "marked unread",
    typing: "typing …",
    by: (who: string) => `${who}:`,
    empty: {
      mine: "Nothing is yours. Take a conversation from Unassigned, or take one over from the bot.",
      unassigned: "Nobody waits for a person.",
      bot: "The bot is in no conversation.",
      snoozed: "Nothing is put aside.",
      resolved: "Nothing has been resolved yet.",
      tagged: "No conversation has this tag.",
      all: "No conversations yet. When somebody writes to one of your accounts, it appears here.",
    },
  },
  thread: {
    none: "Choose a conversation",
    noneHint: "J and K move through the list, Enter opens, ? shows every key.",
    label: (name: string) => `Conversation with ${name}`,
    log: "Messages",
    back: "Back to the list",
    older: "Show older messages",
    gone: "There is no such conversation, or it is not yours to see.",
    chose: "chose",
    chosen: "chosen by the customer",
    options: "Quick replies",
    buttons: "Buttons",
    toBottom: "To the newest message",
    typing: (name: string) => `${name} is typing …`,
  },
  undo: {
    waits: "Your reply is on its way.",
    act: "Undo",
    key: "Undo (Ctrl+Z)",
    file: "A file",
    late: "Too late: it has been sent, or is being sent.",
  },
  presence: {
    looks: (names: readonly string[]) => `${list.format(names)} ${names.length === 1 ? "is" : "are"} here too`,
    writes: (names: readonly string[]) => `${list.format(names)} ${names.length === 1 ? "is" : "are"} typing a reply …`,
  },
  speaker: {
    you: "You",
    bot: (name: string) => (name === "" ? "Bot" : `Bot · ${name}`),
    botWord: "bot",
    botShort: "Bot",
    personWord: "agent",
    elsewhere: "X’s own app",
    elsewhereWord: "not from here",
    ours: "Roost",
    somebody: "Somebody",
    as: (name: string) => `as ${name}`,
  },
  state: {
    queued: "Queued",
    waits: "Queued behind another message",
    due: (when: string, reason: string) =>
      reason === "" ? `Queued until ${when}` : `Queued until ${when}: ${reason}`,
    sending: "Sending",
    sent: "Sent",
    read: "Read by the customer",
    uncertain: "Uncertain: X may have it. It is being looked up.",
    parked: (reason: string) => `May have arrived: ${reason}`,
    check: "Ask X again",
    resend: "Send again",
    resendAnyway: "Send again (may arrive twice)",
    drop: "Give up",
    dead: (reason: string) => (reason === "" ? "Not sent" : `Not sent: ${reason}`),
    unsent: (reason: string) => `Not handed over: ${reason}`,
    unanswered: (reason: string) => `Not known whether this was handed over. ${reason} Asking again …`,
    left: "Not known whether this was handed over: the page was left before an answer came.",
    wasTaken: "It had been handed over already, so it cannot be changed here any more.",
    handing: "Handing over",
    newer: "Not sent: somebody has written meanwhile, see above.",
    newerBy: (who: string, when: string) => `Not sent: somebody has written meanwhile, see above (${who}, ${when}). Send it anyway?`,
    edit: "Edit",
    anyway: "Send anyway",
    withheld: "Withheld: somebody took over before it was sent. The customer has not got it.",
  },
  remark: {
    handed_off: (reason: string) =>
      reason === "" ? "The bot handed this to people" : `The bot handed this to people: ${reason}`,
    taken_over: (who: string) => `${who} took over`,
    handed_back: (who: string) => `${who} handed back to the bot`,
    resolved: (who: string) => `${who} resolved this`,
    reopened: (who: string) => `${who} opened this again`,
    assigned: (who: string, whom: string) => `${who} gave this to ${whom}`,
    unassigned: (who: string) => `${who} gave this to whoever takes it`,
    snoozed: (who: string, until: string) =>
      until === "" ? `${who} snoozed this until the customer writes` : `${who} snoozed this until ${until}`,
    woken: (who: string) => (who === "" ? "Back from snooze" : `${who} brought this back`),
    note: (who: string) => `${who} noted, for colleagues only`,
  },
  strip: {
    bot: (name: string) => (name === "" ? "The bot answers here" : `Bot · ${name} answers here`),
    dialog: (name: string, step: string) => (step === "" ? `dialog ${name}` : `dialog ${name}, step ${step}`),
    queue: "Waits for a person",
    reason: (reason: string) => `“${reason}”`,
    mine: "This conversation is yours; the bot is silent",
    theirs: (name: string) => `${name} has this conversation`,
    nobody: "Resolved. A new message of the customer opens it again.",
    resolve: "Resolve",
    reopen: "Reopen",
    assigned: "Assigned to",
    anybody: "Nobody yet",
    toAnybody: "Nobody",
    me: (name: string) => `${name} (you)`,
    snooze: "Snooze",
    unsnooze: "Bring back",
    unread: "Mark unread",
    snoozes: {
      message: "Until they write",
      hour: "For an hour",
      hours: "For 3 hours",
      morning: "Until tomorrow, 9:00",
      week: "For a week",
    },
    takeOver: "Take over",
    handBack: "Hand back",
    toBot: "to bot",
  },
  problem,
  wrong,
  canned: {
    label: "Canned replies",
    none: "No canned reply fits. An admin adds them under Settings.",
    title: "Canned replies",
    hint: "Type / in a reply to use one. {customer.name}, {customer.handle}, {agent.name} and {account.handle} are filled in.",
    name: "Name",
    text: "Text",
    add: "Add canned reply",
    save: "Save",
    edit: (name: string) => `Edit ${name}`,
    remove: (name: string) => `Remove ${name}`,
    empty: "There are none yet.",
  },
  attach: {
    choose: "Attach a photo, GIF or video",
    sending: (percent: number) => `Uploading: ${percent} %`,
    processing: "X is processing it",
    progress: "Upload",
    ready: "Ready to be sent",
    aborted: "The upload was stopped.",
    remove: "Remove the file",
    altText: "Description of the picture",
    altHint: "Describe it for people who do not see it",
  },
  media: {
    photo: "Picture on this message",
    video: "Video on this message",
    show: "Show video",
    attached: "A file hangs on this message",
    gone: "X no longer has this file, or has not told of it yet.",
    failed: "The file could not be fetched from X.",
    location: "A location was shared; open X to see it.",
  },
  options: {
    add: "Add a quick reply",
    title: (n: number, most: number) => `Quick replies, ${n} of ${most}`,
    label: (n: number) => `Label of option ${n}`,
    labelHint: "Label",
    description: (n: number) => `Description of option ${n}`,
    descriptionHint: "Description (optional)",
    metadata: (n: number) => `Metadata of option ${n}`,
    metadataHint: "Metadata for the bot (optional)",
    remove: (n: number) => `Remove option ${n}`,
  },
  buttons: {
    add: "Add a button",
    title: (n: number, most: number) => `Buttons, ${n} of ${most}`,
    label: (n: number) => `Label of button ${n}`,
    kind: (n: number) => `What button ${n} does`,
    value: (n: number) => `Where button ${n} leads`,
    remove: (n: number) => `Remove button ${n}`,
    kinds: {
      link: { name: "Open a page", hint: "https://" },
      post: { name: "Write a Post", hint: "Its text" },
      reply: { name: "Answer a Post", hint: "Address or id of the Post" },
      like: { name: "Like a Post", hint: "Address or id of the Post" },
      repost: { name: "Repost a Post", hint: "Address or id of the Post" },
      follow: { name: "Follow an account", hint: "@name" },
      message: { name: "Message an account", hint: "User id" },
    },
  },
  speak: {
    label: "Speak as",
    profile: (name: string) => name,
    signed: (signature: string) => `the account, signed “${signature}”`,
    account: (name: string) => `${name} alone, nobody named`,
    left: (left: number, most: number) => `${number.format(left)} of ${number.format(most)} sends left`,
    until: (when: string) => `until ${when}`,
    title: "Who speaks",
    hint: "Each person’s replies go under a custom profile of the account, or carry a line with their name.",
    none: "Signs with their name",
    of: (name: string) => `Profile of ${name}`,
    problem: (problem: string) => `X gives no custom profiles: ${problem}`,
    make: "New custom profile",
    name: "Name customers see",
    picture: "Picture",
    create: "Create at X",
    profiles: {
      title: "Custom profiles",
      delete: (name: string) => `Delete the profile ${name}`,
      deleteShort: "Delete",
      sure: (name: string) => `Delete ${name} at X? Whoever speaks under it signs instead.`,
      yes: "Yes, delete",
      keep: "Keep it",
    },
  },
  settings: {
    title: "Settings",
    account: "Account",
  },
  tags: {
    label: "Tags",
    add: "Add a tag",
    remove: (tag: string) => `Remove tag ${tag}`,
  },
  composer: {
    label: "Reply",
    kind: "What is written",
    reply: "Reply",
    note: "Note",
    noteLabel: "Note",
    notePlaceholder: "For colleagues; the customer never sees it",
    addNote: "Add note",
    placeholder: (name: string) => `Reply to ${name}`,
    send: "Send",
    sendKey: "Ctrl+Enter",
    sendThen: "Send and resolve",
    sendThenKey: "Ctrl+Shift+Enter",
    takes: "Sending takes this conversation over.",
    count: (n: number, limit: number) => `${number.format(n)} / ${number.format(limit)}`,
    counted: (n: number, limit: number) =>
      n > limit
        ? `${number.format(n - limit)} characters too many`
        : `${number.format(limit - n)} characters left`,
  },
  live: {
    on: "Live",
    off: "Not connected. What you see may be old; trying again …",
  },
  failed: {
    unreachable: "The application cannot be reached.",
    refused: (status: number) => `The application answered ${status}.`,
  },
  search: {
    title: "Search",
    label: "Search messages and customers",
    hint: "Words of a message, or a name",
    how: "Whole words of messages, beginnings of names. Case and accents do not count.",
    customers: "Customers",
    messages: "Messages",
    more: "Older messages",
    nothing: (words: string) => `Nothing has “${words}” in it.`,
    between: (customer: string, account: string, isReceived: boolean) =>
      isReceived ? `${customer} to ${account}` : `${account} to ${customer}`,
    found: (customers: number, messages: number, hasMore: boolean) =>
      `${number.format(customers)} customers, ${number.format(messages)} messages${hasMore ? " and more" : ""}`,
  },
} as const;
