/** Times as people read them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the shortest way: `now`, `4m`, `2h`, `3d`, then a date. */
export function ago(at: string, now: number): string {
  const span = Math.max(0, now - Date.parse(at));
  if (span < MINUTE) return "now";
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m`;
  if (span < DAY) return `${Math.floor(span / HOUR)}h`;
  if (span < 7 * DAY) return `${Math.floor(span / DAY)}d`;
  return new Date(at).toLocaleDateString([], { day: "numeric", month: "short" });
}

/** The time of day. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** A time to come: of the day where it is today, with its day where it is not. */
export function when(at: string, now: number): string {
  const [today, tomorrow, own] = [new Date(now), new Date(now), new Date(at)];
  tomorrow.setDate(tomorrow.getDate() + 1);
  if (own.toDateString() === today.toDateString()) return clock(at);
  if (own.toDateString() === tomorrow.toDateString()) return `tomorrow, ${clock(at)}`;
  return `${own.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" })}, ${clock(at)}`;
}

/** A day, as a heading. */
export function day(at: string, now: number): string {
  const [own, today, yesterday] = [at, now, now - DAY].map((one) => new Date(one).toDateString());
  if (own === today) return "Today";
  if (own === yesterday) return "Yesterday";
  return new Date(at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

/** Date and time, to the millisecond. */
export function exact(at: string): string {
  const [moment, fractionalSecondDigits] = [new Date(at), 3 as const];
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits });
  return `${moment.toLocaleDateString([], { dateStyle: "medium" })}, ${time}`;
}

/** A day of a year. */
export function date(at: string): string {
  return new Date(at).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
}

/** Date and time, in full. */
export function full(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}
