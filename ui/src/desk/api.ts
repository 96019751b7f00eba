/** Requests to the desk's API: who asks is proved by cookie and token, changes are named by a key. */
import { RequestFailed, type FieldError } from "../shared/http";
import { byWhom } from "./attended";
import { t } from "./texts";

/** After so long without an answer there will be none: a connection may be gone without anybody being told. */
const ANSWER_MS = 60_000;

/** Told when the server says that nobody is logged in. */
let onLoggedOut: () => void = () => undefined;
let csrf = "";

/** Use a session's token from now on, and say who is told of its end. */
export function begin(token: string, loggedOut: () => void): void {
  csrf = token;
  onLoggedOut = loggedOut;
}

/** Read. Throws `RequestFailed`. */
export async function read<Answer>(path: string): Promise<Answer> {
  return request<Answer>(path, { cache: "no-store" });
}

/** Change something. Throws `RequestFailed`.
 *
 * @param key Names the change: repeated under the same key, it is made once.
 */
export async function change<Answer>(path: string, body?: unknown, key?: string): Promise<Answer> {
  const headers: Record<string, string> = { "x-roost-csrf": csrf };
  if (key !== undefined) headers["idempotency-key"] = key;
  if (body === undefined) return request<Answer>(path, { method: "POST", headers });
  headers["content-type"] = "application/json";
  return request<Answer>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** What was asked for and not answered yet, with its name. */
const unanswered = new Map<string, string>();

/** Make something new, once, also where it is asked for again because an answer was lost. Throws `RequestFailed`. */
export async function make<Answer>(path: string, body?: unknown): Promise<Answer> {
  const asked = `${path} ${JSON.stringify(body)}`;
  const key = unanswered.get(asked) ?? newKey();
  unanswered.set(asked, key);
  try {
    const answer = await change<Answer>(path, body, key);
    unanswered.delete(asked);
    return answer;
  } catch (failure) {
    if (isRefused(failure)) unanswered.delete(asked);
    throw failure;
  }
}

/** Tell something that is missed by nobody where it does not arrive; it goes out even as the page closes. */
export async function tell(path: string, body: unknown): Promise<void> {
  const headers = { "x-roost-csrf": csrf, "content-type": "application/json" };
  try {
    await request(path, { method: "POST", headers, body: JSON.stringify(body), keepalive: true });
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure;
  }
}

/** Replace something, or make it where it is not there. Throws `RequestFailed`. */
export async function put<Answer = undefined>(
  path: string,
  body?: unknown,
  how: Pick<RequestInit, "keepalive"> = {},
): Promise<Answer> {
  const headers: Record<string, string> = { "x-roost-csrf": csrf };
  if (body === undefined) return request<Answer>(path, { method: "PUT", headers, ...how });
  headers["content-type"] = "application/json";
  return request<Answer>(path, { method: "PUT", headers, body: JSON.stringify(body), ...how });
}

/** What proves that a change is asked for by this page. */
export function csrfToken(): string {
  return csrf;
}

/** Take something away. Throws `RequestFailed`. */
export async function remove(path: string): Promise<void> {
  await request<undefined>(path, { method: "DELETE", headers: { "x-roost-csrf": csrf } });
}

/** A name nobody else gives. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Tell whether a reply was held back because somebody else has written meanwhile. */
export function isNewer(failure: unknown): boolean {
  return failure instanceof RequestFailed && "code" in failure && failure.code === "newer_messages";
}

/** Say in a sentence why a request failed; anything else is thrown on. */
export function reason(failure: unknown): string {
  if (!(failure instanceof RequestFailed)) throw failure;
  const [first] = failure.errors;
  if (first === undefined) return [failure.message, remedyOf(failure)].filter((part) => part !== "").join(" ");
  return t.wrong(first);
}

/** Whether the server has understood what was sent, and will not take it as it is. */
export function isRefused(failure: unknown): boolean {
  return failure instanceof RequestFailed && failure.status >= 400 && failure.status < 500;
}

function remedyOf(failure: RequestFailed): string {
  return "remedy" in failure && typeof failure.remedy === "string" ? failure.remedy : "";
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const { status, text } = await answer(path, init).catch((cause: unknown) => {
    const isLate = cause instanceof DOMException && cause.name === "TimeoutError";
    if (!isLate && !(cause instanceof TypeError)) throw cause;
    throw new RequestFailed(t.failed.unreachable, 0);
  });
  if (status < 200 || status >= 300) throw refusal(status, text);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Give the whole answer; it can be lost in its middle, too. */
async function answer(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
  const headers = { ...init.headers, ...byWhom() };
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(ANSWER_MS) });
  return { status: response.status, text: await response.text() };
}

/** Read why something was refused. */
export function refusal(status: number, text: string): RequestFailed {
  const fallback = t.failed.refused(status);
  if (!text.startsWith("{")) return new RequestFailed(fallback, status);
  const body = JSON.parse(text) as { code?: string; message?: string; errors?: FieldError[]; remedy?: string };
  if (body.code === "not_logged_in") onLoggedOut();
  const failed = new RequestFailed(body.message ?? fallback, status, body.errors ?? []);
  return Object.assign(failed, { code: body.code ?? "", remedy: body.remedy ?? "" });
}
