/** Places to be at, and locations as a message carries them. */
import type { SharedLocation } from "./actions";

/** A point that people know. */
export interface Place {
  name: string;
  /** Degrees, north positive. */
  latitude: number;
  /** Degrees, east positive. */
  longitude: number;
}

export const PLACES: readonly [Place, ...Place[]] = [
  { name: "Royal Observatory, Greenwich", latitude: 51.4778, longitude: -0.0015 },
  { name: "Ferry Building, San Francisco", latitude: 37.7955, longitude: -122.3937 },
  { name: "Shibuya Crossing, Tokyo", latitude: 35.6595, longitude: 139.7005 },
  { name: "Opera House, Sydney", latitude: -33.8568, longitude: 151.2153 },
  { name: "Where the equator meets Greenwich’s meridian", latitude: 0, longitude: 0 },
];

/** A point as a location; `null` where it is not on earth. */
export function byPoint(latitude: number | null, longitude: number | null): SharedLocation | null {
  if (latitude === null || longitude === null) return null;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isOnEarth ? { latitude, longitude } : null;
}

/** A place X knows as a location; `null` without an id. */
export function byId(id: string): SharedLocation | null {
  const place_id = id.trim();
  return place_id === "" ? null : { place_id };
}
