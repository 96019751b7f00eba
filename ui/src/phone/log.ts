/** The log beside the phone: deliveries and API requests as rows of one shape. */
import type { ApiRequest, Delivery } from "./wire";

export type RowKind = "event" | "crc" | "request";

/** One line of the log. */
export interface Row {
  key: string;
  kind: RowKind;
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  /** A path at X, or the webhook's address. */
  target: string;
  /** `null` where no answer came. */
  status: number | null;
  ms: number;
  isFailure: boolean;
  /** The fault that struck it; `""` where none did. */
  fault: string;
  /** What it tells of, for example `favorite_events`; `""` where it says nothing of the kind. */
  about: string;
  /** How the sender proved who it is, and what came of it. */
  proof: string;
  trace: string;
  /** Everything known, for the inspector. */
  source: Delivery | ApiRequest;
}

/** What the log shows. */
export interface Filter {
  kinds: Record<RowKind, boolean>;
  onlyFailures: boolean;
  onlyFaults: boolean;
  /** Only rows in which this stands; capitals do not matter. `""` for all. */
  text: string;
}

const KEPT = 400;
const FAILURES_FROM = 400;
/** The status of a request whose connection a fault broke. */
const BROKEN = 0;

/** The row of a delivery. */
export function ofDelivery(delivery: Delivery): Row {
  const { status, kind } = delivery;
  return {
    key: `delivery ${delivery.id}`,
    kind,
    at: Number(delivery.at),
    method: kind === "crc" ? "GET" : "POST",
    target: delivery.url,
    status,
    ms: delivery.ms,
    isFailure: delivery.error !== null || status === null || status >= 300,
    fault: delivery.fault ?? "",
    about: kind === "event" ? aboutOf(delivery.request_body) : "",
    proof: proofOf(delivery),
    trace: delivery.trace_id ?? "",
    source: delivery,
  };
}

/** The row of an API request. */
export function ofRequest(request: ApiRequest): Row {
  return {
    key: `request ${request.id}`,
    kind: "request",
    at: Number(request.at),
    method: request.method,
    target: request.path,
    status: request.status === BROKEN ? null : request.status,
    ms: request.ms,
    isFailure: request.status === BROKEN || request.status >= FAILURES_FROM,
    fault: request.fault ?? "",
    about: "",
    proof: request.auth ?? "",
    trace: request.trace_id ?? "",
    source: request,
  };
}

/** Put rows into the log: each once, newest first, the oldest beyond 400 forgotten. */
export function mergeRows(known: readonly Row[], more: readonly Row[]): Row[] {
  const byKey = new Map([...known, ...more].map((row) => [row.key, row]));
  return [...byKey.values()].sort((one, other) => other.at - one.at).slice(0, KEPT);
}

/** Whether a row is to be seen. */
export function isShown(row: Row, filter: Filter): boolean {
  const { kinds, onlyFailures, onlyFaults, text } = filter;
  return (
    kinds[row.kind] &&
    (row.isFailure || !onlyFailures) &&
    (row.fault !== "" || !onlyFaults) &&
    (text === "" || JSON.stringify(row).toLowerCase().includes(text.toLowerCase()))
  );
}

/** The part of an address worth a line's width: without scheme and host. */
export function pathOf(target: string): string {
  if (!URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** The keys of a delivery that say what it is; the others only go with it. */
const ABOUT = /_events$|^user_event$|^replay_job_status$/;

function aboutOf(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  return Object.keys(body).filter((key) => ABOUT.test(key)).join(", ");
}

function proofOf({ kind, signature, status, error, attempt }: Delivery): string {
  const again = attempt > 1 ? `attempt ${attempt}, ` : "";
  if (error !== null) return again + error;
  if (kind === "crc") return again + "challenge";
  if (signature === null) return again + "not signed";
  if (status === 401 || status === 403) return again + "signature refused";
  return again + (status !== null && status < 300 ? "signature ok" : "signed");
}
