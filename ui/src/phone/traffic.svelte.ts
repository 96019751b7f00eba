/** What went over the wire: the log's rows and what of them is shown. */
import { get } from "../shared/http";
import { isShown, mergeRows, ofDelivery, ofRequest } from "./log";
import type { Filter, Row, RowKind } from "./log";
import type { ApiRequest, Delivery } from "./wire";

/** The log of deliveries and API requests, newest first. */
export class Traffic {
  rows = $state.raw<Row[]>([]);
  filter = $state<Filter>({
    kinds: { event: true, crc: true, request: true },
    onlyFailures: false,
    onlyFaults: false,
    text: "",
  });

  readonly shown = $derived(this.rows.filter((row) => isShown(row, this.filter)));

  /** Read the log anew; rows that arrive meanwhile stay. Throws `RequestFailed`. */
  async load(): Promise<void> {
    const [{ deliveries }, { requests }] = await Promise.all([
      get<{ deliveries: Delivery[] }>("/_sim/deliveries"),
      get<{ requests: ApiRequest[] }>("/_sim/requests"),
    ]);
    this.put(...deliveries.map(ofDelivery), ...requests.map(ofRequest));
  }

  /** Take in rows; one already known is replaced. */
  put(...rows: Row[]): void {
    this.rows = mergeRows(this.rows, rows);
  }

  /** Forget everything, as after a reset of the world. */
  clear(): void {
    this.rows = [];
  }

  /** How many rows there are of a kind. */
  count(kind: RowKind): number {
    return this.rows.filter((row) => row.kind === kind).length;
  }
}
