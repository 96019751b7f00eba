/** What the account may still send, in words. */

/** How far a day's messages are used up. */
export interface Left {
  name: string;
  limit: number;
  remaining: number;
  /** Milliseconds since 1970; `null` before the first message. */
  ends_at: string | null;
}

/** What `/_sim/budget` says. */
export interface Budget {
  limits: "on" | "off";
  account: Left;
  apps: Left[];
  replies: { remaining: number; ends_at: string | null };
}

/** Give a line for each counter. */
export function lines({ limits, account, apps, replies }: Budget): string[] {
  if (limits === "off") return ["Limits are off: nothing is counted."];
  return [
    `@${account.name}: ${of(account)}`,
    ...apps.map((app) => `${app.name}: ${of(app)}`),
    replies.remaining === 0
      ? "The next reply to this customer counts."
      : `${replies.remaining} more ${replies.remaining === 1 ? "reply" : "replies"} to this customer ` +
        `${replies.remaining === 1 ? "does" : "do"} not count, until ${time(replies.ends_at)}.`,
  ];
}

function of({ limit, remaining, ends_at }: Left): string {
  const counts = `${remaining.toLocaleString("en")} of ${limit.toLocaleString("en")} messages left`;
  return ends_at === null ? counts : `${counts}, all again at ${time(ends_at)}`;
}

function time(at: string | null): string {
  const options = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Date(Number(at)).toLocaleString("en", options);
}
