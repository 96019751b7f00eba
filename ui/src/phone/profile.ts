/** Custom profiles: under whose name and face an account speaks. */
import type { CustomProfile } from "./wire";

/** Where this page can see the face of a profile; `undefined` where it has none.
 *
 * X names a host of its own. The simulator serves every host, so the path is enough.
 */
export function faceOf(profile: CustomProfile, origin: string): string | undefined {
  const url = URL.parse(profile.avatar?.media.url ?? "");
  return url === null ? undefined : `${origin}${url.pathname}`;
}
