/** A file on its way to X, through our server; `fetch` cannot tell how far it is. */
import { RequestFailed } from "../shared/http";
import { csrfToken, refusal } from "./api";
import { byWhom } from "./attended";
import { t } from "./texts";

/** What is known of it: how much of it our server has, from 0 to 1. */
export type OnProgress = (share: number) => void;

export interface Upload {
  /** X's id. Rejects with `RequestFailed`. */
  done: Promise<string>;
  abort: () => void;
}

/** Begin to hand a file on. Once all of it has left, X still has to process it. */
export function upload(path: string, file: File, onprogress: OnProgress): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onprogress(total === 0 ? 0 : loaded / total);
    request.onerror = () => reject(new RequestFailed(t.failed.unreachable, 0));
    request.onabort = () => reject(new RequestFailed(t.attach.aborted, 0));
    request.onload = () => {
      if (request.status !== 201) reject(refusal(request.status, request.responseText));
      else resolve((JSON.parse(request.responseText) as { media_id: string }).media_id);
    };
  });
  request.open("POST", path);
  request.setRequestHeader("x-roost-csrf", csrfToken());
  for (const [name, value] of Object.entries(byWhom())) request.setRequestHeader(name, value);
  request.setRequestHeader("content-type", file.type || "application/octet-stream");
  request.send(file);
  return { done, abort: () => request.abort() };
}
