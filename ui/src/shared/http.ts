/** Requests to our own server, with refusals as values of one class. */

/** What is wrong with one field of a request. */
export interface FieldError {
  field: string;
  message: string;
  limit?: number;
  value?: number;
}

/** The server answered with a failure, or did not answer.
 *
 * `status` is 0 where no answer came; `errors` is empty where the answer names no field.
 */
export class RequestFailed extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(message: string, status: number, errors: readonly FieldError[] = []) {
    super(message);
    this.name = "RequestFailed";
    this.status = status;
    this.errors = errors;
  }
}

/** Read JSON. Throws `RequestFailed`. */
export async function get<Answer>(path: string): Promise<Answer> {
  return request<Answer>(path, { cache: "no-store" });
}

/** Read what is no JSON, as text. Throws `RequestFailed`. */
export async function getText(path: string): Promise<string> {
  return ask(path, { cache: "no-store" });
}

/** Send JSON and read the answer; `undefined` where the server sent none. Throws `RequestFailed`. */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  return request<Answer>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Replace what is there. Throws `RequestFailed`. */
export async function put<Answer>(path: string, body: unknown): Promise<Answer> {
  return request<Answer>(path, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Take away what is there. Throws `RequestFailed`. */
export async function remove(path: string): Promise<void> {
  await request<undefined>(path, { method: "DELETE" });
}

/** Send a form with files. Throws `RequestFailed`. */
export async function upload<Answer>(path: string, form: FormData): Promise<Answer> {
  return request<Answer>(path, { method: "POST", body: form });
}

/** Say in one line what went wrong. */
export function reasonOf(failure: unknown): string {
  if (!(failure instanceof RequestFailed)) throw failure;
  if (failure.errors.length === 0) return failure.message;
  return failure.errors.map(sentence).join(" ");
}

/** Say in one sentence what is wrong with a field. */
export function sentence({ field, message, limit, value }: FieldError): string {
  const bounds = [
    limit === undefined ? "" : `limit ${limit.toLocaleString("en")}`,
    value === undefined ? "" : `found ${value.toLocaleString("en")}`,
  ].filter((part) => part !== "");
  const suffix = bounds.length === 0 ? "" : ` (${bounds.join(", ")})`;
  return `${field}: ${message.replace(/\.$/, "")}${suffix}.`;
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const text = await ask(path, init);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

async function ask(path: string, init: RequestInit): Promise<string> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (!(cause instanceof TypeError)) throw cause;
    throw new RequestFailed("The simulator cannot be reached.", 0);
  });
  const text = await response.text();
  if (response.status === 404) throw missing(path);
  if (!response.ok) throw refusal(response.status, text);
  return text;
}

/** An older or smaller simulator does not have everything this page knows. */
function missing(path: string): RequestFailed {
  const [plain] = path.split("?");
  return new RequestFailed(`The simulator has no ${plain}.`, 404);
}

function refusal(status: number, text: string): RequestFailed {
  const message = `The simulator answered ${status}.`;
  if (!text.startsWith("{")) return new RequestFailed(message, status);
  const body = JSON.parse(text) as { errors?: unknown };
  const errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
  return new RequestFailed(message, status, errors.filter((error) => error.field !== undefined));
}
