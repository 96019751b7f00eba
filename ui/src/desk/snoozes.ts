/** Until when a conversation can be put aside. */

export type SnoozeChoice = "message" | "hour" | "hours" | "morning" | "week";

export const SNOOZES: readonly SnoozeChoice[] = ["message", "hour", "hours", "morning", "week"];

const HOUR_MS = 3_600_000;

/** Give the time; `null` for whenever the customer writes. */
export function snoozeUntil(choice: SnoozeChoice, now: number): string | null {
  if (choice === "message") return null;
  if (choice === "hour") return new Date(now + HOUR_MS).toISOString();
  if (choice === "hours") return new Date(now + 3 * HOUR_MS).toISOString();
  const day = new Date(now);
  day.setDate(day.getDate() + (choice === "week" ? 7 : 1));
  day.setHours(9, 0, 0, 0);
  return day.toISOString();
}

const SPANS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };
const MORNING = 9;

/** Read a time that somebody typed: `2h`, `14:30`, `2030-01-31`, `2030-01-31 9:00`; `null` where it is none that lies ahead. */
export function typedUntil(text: string, now: number): string | null {
  const wanted = text.trim().toLowerCase();
  const until = span(wanted, now) ?? ofToday(wanted, now) ?? ofDay(wanted);
  return until === null || Number.isNaN(until) || until <= now ? null : new Date(until).toISOString();
}

function span(text: string, now: number): number | null {
  const [, n, unit] = /^(\d{1,3})\s*([mhdw])$/.exec(text) ?? [];
  return n === undefined || unit === undefined ? null : now + Number(n) * (SPANS[unit] ?? NaN);
}

/** The next time it is that late. */
function ofToday(text: string, now: number): number | null {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) return null;
  const day = new Date(now);
  day.setHours(Number(hours), Number(minutes), 0, 0);
  if (day.getTime() <= now) day.setDate(day.getDate() + 1);
  return day.getTime();
}

function ofDay(text: string): number | null {
  const [, date, hours = String(MORNING), minutes = "00"] =
    /^(\d{4}-\d{2}-\d{2})(?:[ t]([01]?\d|2[0-3]):([0-5]\d))?$/.exec(text) ?? [];
  return date === undefined ? null : Date.parse(`${date}T${hours.padStart(2, "0")}:${minutes}`);
}
