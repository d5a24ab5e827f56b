// Where something is: in degrees, and in the plane of the survey.

import proj4 from "proj4";

export interface LonLat {
  lon: number;
  lat: number;
}

/** A place in a Gauss-Krüger zone of three degrees of CGCS2000, in metres. */
export interface GaussKrueger {
  /** Its number: central meridian over three. */
  zone: number;
  meridian: number;
  north: number;
  /** With 500 km false easting and the number of the zone before it, as Chinese surveys write it. */
  east: number;
}

/** CGCS2000 and WGS 84 are taken as one. Outside 1.5°W–180°E there are no such zones. */
function gaussKrueger({ lon, lat }: LonLat): GaussKrueger | undefined {
  const zone = Math.round(lon / 3);
  if (zone < 1 || zone > 60 || Math.abs(lat) > 84) return undefined;
  const meridian = zone * 3;
  // The ellipsoid of CGCS2000 is that of GRS 80 but for the sixteenth digit of its axis.
  const plane = `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=${zone * 1e6 + 5e5} +y_0=0 +ellps=GRS80 +units=m +no_defs`;
  const [east, north] = proj4("+proj=longlat +ellps=GRS80 +no_defs", plane, [lon, lat]);
  return { zone, meridian, north, east };
}

/** `116.08, 43.94`, or a place in a zone whose number stands before its easting, in either order. */
export function parseCoordinates(text: string): LonLat | undefined {
  const numbers = text.split(/[\s,，;]+/).filter((part) => part !== "").map(Number);
  const [a, b] = numbers;
  if (numbers.length !== 2 || a === undefined || b === undefined || !Number.isFinite(a) || !Number.isFinite(b)) return undefined;
  if (Math.abs(a) <= 180 && Math.abs(b) <= 90) return { lon: a, lat: b };
  const [north, east] = a > b ? [b, a] : [a, b];
  const zone = Math.floor(east / 1e6);
  if (zone < 1 || zone > 60 || north < 0 || north > 1e7) return undefined;
  const plane = `+proj=tmerc +lat_0=0 +lon_0=${zone * 3} +k=1 +x_0=${zone * 1e6 + 5e5} +y_0=0 +ellps=GRS80 +units=m +no_defs`;
  const [lon, lat] = proj4(plane, "+proj=longlat +ellps=GRS80 +no_defs", [east, north]);
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : undefined;
}

export const degrees = ({ lon, lat }: LonLat) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`;

/** As Chinese surveys write it: X north, Y east. */
export const planeText = (place: LonLat): string => {
  const plane = gaussKrueger(place);
  return plane ? `X ${plane.north.toFixed(2)}  Y ${plane.east.toFixed(2)} (CGCS2000 3° ${plane.meridian}°E)` : "";
};
