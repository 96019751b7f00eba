/** What actions and API calls changed in the simulator's world, kept up to date. */
import { get } from "../shared/http";
import type { ChangeRow } from "./wire";

const KEPT = 200;

/** The rows of what changed, oldest first, so that to the right is later. */
export class Changes {
  rows = $state.raw<readonly ChangeRow[]>([]);

  /** Read them anew; rows that arrive meanwhile stay. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const { changes } = await get<{ changes: ChangeRow[] }>("/_sim/changes");
    this.put(...changes);
  }

  /** Take in rows; one already known is replaced, the oldest beyond 200 are forgotten. */
  put(...rows: ChangeRow[]): void {
    const byId = new Map([...this.rows, ...rows].map((row) => [row.id, row]));
    this.rows = [...byId.values()].sort((one, other) => Number(one.id) - Number(other.id)).slice(-KEPT);
  }

  /** Forget everything, as after a reset of the world. */
  clear(): void {
    this.rows = [];
  }

  /** The place of the row that a thing came with, or that a call names; -1 where there is none.
   *
   * @param thingId Id of a message.
   * @param changeId What a call names.
   */
  placeOf(thingId: string, changeId: string): number {
    return this.rows.findIndex(
      ({ id, changes }) =>
        id === changeId || changes.some((change) => change.id === thingId && change.what === "made"),
    );
  }
}
