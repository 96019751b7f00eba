/** Custom profiles: under whose name and face an account speaks. */
import type { CustomProfile } from "./wire";

/** Where this page can see the face of a profile; `undefined` where it has none.
 *
 * X names a host of its own; asking there would be one more line in the log of API requests.
 */
export function faceOf(profile: CustomProfile, origin: string): string | undefined {
  const url = URL.parse(profile.avatar?.media.url ?? "");
  return url === null ? undefined : `${origin}/_sim/media/faces/${url.pathname.split("/").at(-1)}`;
}
