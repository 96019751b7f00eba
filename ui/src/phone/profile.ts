/** Custom profiles: under whose name and face an account speaks. */
import type { CustomProfile } from "./wire";

/** Where this page can see the face of a profile; `undefined` where it has none. */
export function faceOf(profile: CustomProfile): string | undefined {
  return profile.avatar_url;
}
