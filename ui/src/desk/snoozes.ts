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
