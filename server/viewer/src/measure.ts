// Lengths and areas on the ellipsoid (Karney, Algorithms for geodesics, J. Geodesy 87, 2013).

import geodesic from "geographiclib-geodesic";

import type { LonLat } from "./coordinates";

const { Geodesic } = geodesic;

/** CGCS2000 (GB 22021-2008, table 1). */
const ellipsoid = new Geodesic.Geodesic(6_378_137, 1 / 298.257_222_101);

/** Metres along a line. */
export function lengthOf(points: readonly LonLat[]): number {
  let metres = 0;
  for (const [place, point] of points.entries()) {
    const before = points[place - 1];
    if (before) metres += ellipsoid.Inverse(before.lat, before.lon, point.lat, point.lon, Geodesic.DISTANCE).s12 ?? 0;
  }
  return metres;
}

/** Metres around a ring that is closed by its first point. */
export const perimeterOf = (points: readonly LonLat[]) => {
  const first = points[0];
  return first ? lengthOf([...points, first]) : 0;
};

/** Square metres within a ring that does not cross itself. */
export function areaOf(points: readonly LonLat[]): number {
  const ring = ellipsoid.Polygon(false);
  for (const { lat, lon } of points) ring.AddPoint(lat, lon);
  return Math.abs(ring.Compute(false, true).area ?? 0);
}
