/** Where in the desk a person is, as the address bar says it. */
import type { View } from "./wire";

/** Those that are always there; conversations with a tag are listed under it. */
export const VIEWS = ["mine", "unassigned", "bot", "snoozed", "resolved", "all"] as const satisfies readonly View[];
/** The pages for admins; the first is the list of events. */
export const TABS = ["", "connections", "welcome", "people", "keys"] as const;
/** What of the pages for admins is about one event, or one message of ours. */
export const TRACES = ["event", "outgoing"] as const;
const BASE = "/desk/";

/** A place: a view, and the conversation that is open in it. */
export interface Place {
  view: View;
  /** The tag of the view `tagged`. */
  tag?: string;
  /** `account/conversation`; empty where none is open. */
  open: string;
  /** The page for admins that is shown instead: empty for the list of events; see `Activity.svelte`. */
  activity?: string;
}

const ACTIVITY = `${BASE}activity`;

/** Read a place from a path; anything unknown is the first view. */
export function placeOf(path: string, query = ""): Place {
  if (path === ACTIVITY || path.startsWith(`${ACTIVITY}/`)) {
    return { view: "unassigned", open: "", activity: path.slice(ACTIVITY.length + 1) };
  }
  const [view = "", account = "", conversation = ""] = path.slice(BASE.length).split("/");
  const known = VIEWS.find((one) => one === view) ?? "unassigned";
  const isOpen = account !== "" && conversation !== "";
  const open = isOpen ? `${decode(account)}/${decode(conversation)}` : "";
  const tag = new URLSearchParams(query).get("tag") ?? "";
  return view === "tagged" && tag !== "" ? { view, tag, open } : { view: known, open };
}

/** Write a place as a path. */
export function pathOf({ view, tag, open, activity }: Place): string {
  if (activity !== undefined) return activity === "" ? ACTIVITY : `${ACTIVITY}/${activity}`;
  const where = open === "" ? "" : `/${open.split("/").map(encodeURIComponent).join("/")}`;
  return `${BASE}${view}${where}${view === "tagged" ? `?tag=${encodeURIComponent(tag ?? "")}` : ""}`;
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
  place = $state<Place>(placeOf(location.pathname, location.search));

  /** Follow the browser's back and forward; ends with the function given back. */
  follow(): () => void {
    const moved = (): void => {
      this.place = placeOf(location.pathname, location.search);
    };
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }

  /** Go somewhere. */
  go(place: Partial<Place>): void {
    const { tag, activity: _, ...here } = this.place;
    // A tag belongs to its own view only.
    const kept = place.view === undefined && tag !== undefined ? { tag } : {};
    const next = { ...here, ...kept, ...place };
    if (pathOf(next) === location.pathname + location.search) return;
    history.pushState(null, "", pathOf(next));
    this.place = next;
  }
}
