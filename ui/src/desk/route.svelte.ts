/** Where in the desk a person is, as the address bar says it. */
import type { View } from "./wire";

export const VIEWS: readonly View[] = ["mine", "unassigned", "bot", "resolved", "all"];
const BASE = "/desk/";

/** A place: a view, and the conversation that is open in it. */
export interface Place {
  view: View;
  /** `account/conversation`; empty where none is open. */
  open: string;
}

/** Read a place from a path; anything unknown is the first view. */
export function placeOf(path: string): Place {
  const [view = "", account = "", conversation = ""] = path.slice(BASE.length).split("/");
  const known = VIEWS.find((one) => one === view) ?? "unassigned";
  const isOpen = account !== "" && conversation !== "";
  return { view: known, open: isOpen ? `${decode(account)}/${decode(conversation)}` : "" };
}

/** Write a place as a path. */
export function pathOf({ view, open }: Place): string {
  return `${BASE}${view}${open === "" ? "" : `/${open.split("/").map(encodeURIComponent).join("/")}`}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}

/** Follows the address bar, and moves it. */
export class Route {
  place = $state<Place>(placeOf(location.pathname));

  /** Follow the browser's back and forward; ends with the function given back. */
  follow(): () => void {
    const moved = (): void => {
      this.place = placeOf(location.pathname);
    };
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }

  /** Go somewhere. */
  go(place: Partial<Place>): void {
    const next = { ...this.place, ...place };
    if (pathOf(next) === location.pathname) return;
    history.pushState(null, "", pathOf(next));
    this.place = next;
  }
}
