// Drawing on the map: a line to measure, an area to measure and to ask about.
//
// A click or a tap adds a corner, Enter adds the centre of the map, Backspace takes the last corner
// back, a double click or the button ends it, Escape gives up.

import type { Feature, FeatureCollection } from "geojson";
import type { MapMouseEvent, StyleSpecification } from "maplibre-gl";

import type { Overlay } from "./composition";
import type { LonLat } from "./coordinates";
import type { TubanMap } from "./map";

export type SketchKind = "line" | "area";

/** Corners that an area may have: the server takes no more. */
const MOST_CORNERS = 256;

const SOURCE = "sketch";
const INK = "#7a1fa2";

export class Sketch {
  readonly points: LonLat[] = [];
  finished = false;
  private cursor: LonLat | undefined;
  private readonly canvas: HTMLCanvasElement;

  /** `changed` hears of every corner, and of the end. */
  constructor(
    readonly kind: SketchKind,
    private readonly map: TubanMap,
    /** A map beside it that shows the same. */
    private readonly beside: () => TubanMap | undefined,
    private readonly changed: () => void,
    points: LonLat[] = [],
  ) {
    this.canvas = map.map.getCanvas();
    this.points.push(...points);
    this.finished = points.length > 0;
    if (!this.finished) {
      map.map.doubleClickZoom.disable();
      map.map.on("mousemove", this.moved);
      map.map.on("dblclick", this.doubled);
      // Before the map's own keys: while drawing, Enter asks about nothing.
      this.canvas.addEventListener("keydown", this.pressed, { capture: true });
    }
    this.draw();
  }

  /** Adds a corner. */
  add(point: LonLat): void {
    const last = this.points[this.points.length - 1];
    if (this.finished || this.points.length >= MOST_CORNERS || (last && last.lon === point.lon && last.lat === point.lat)) return;
    this.points.push(point);
    this.draw();
    this.changed();
  }

  undo(): void {
    if (this.finished) return;
    this.points.pop();
    this.draw();
    this.changed();
  }

  get canFinish(): boolean {
    return !this.finished && this.points.length >= (this.kind === "area" ? 3 : 2);
  }

  finish(): void {
    if (!this.canFinish) return;
    this.finished = true;
    this.cursor = undefined;
    this.letGo();
    this.draw();
    this.changed();
  }

  /** Takes it off the map. */
  remove(): void {
    this.letGo();
    this.show(undefined);
  }

  /** `lon,lat;lon,lat;…`, as the server takes it. */
  ring(): string {
    return this.points.map(({ lon, lat }) => `${lon.toFixed(6)},${lat.toFixed(6)}`).join(";");
  }

  private letGo(): void {
    this.map.map.doubleClickZoom.enable();
    this.map.map.off("mousemove", this.moved);
    this.map.map.off("dblclick", this.doubled);
    this.canvas.removeEventListener("keydown", this.pressed, { capture: true });
  }

  private readonly moved = (event: MapMouseEvent) => {
    this.cursor = { lon: event.lngLat.lng, lat: event.lngLat.lat };
    if (this.points.length > 0) this.draw();
  };

  private readonly doubled = (event: MapMouseEvent) => {
    event.preventDefault();
    this.finish();
  };

  private readonly pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      const { lng, lat } = this.map.map.getCenter();
      this.add({ lon: lng, lat });
    } else if (event.key === "Backspace") this.undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Draws it, also on a map that has just come beside. */
  draw(): void {
    this.show(this.overlay());
  }

  private show(overlay: Overlay | undefined): void {
    this.map.setOverlay(overlay);
    this.beside()?.setOverlay(overlay);
  }

  private overlay(): Overlay {
    const all = this.cursor && !this.finished ? [...this.points, this.cursor] : this.points;
    const places = all.map(({ lon, lat }) => [lon, lat]);
    const features: Feature[] = this.points.map(({ lon, lat }) => feature({ type: "Point", coordinates: [lon, lat] }));
    const first = places[0];
    if (this.kind === "area" && first && places.length >= 3) {
      features.push(feature({ type: "Polygon", coordinates: [[...places, first]] }));
    } else if (places.length >= 2) {
      features.push(feature({ type: "LineString", coordinates: places }));
    }
    const data: FeatureCollection = { type: "FeatureCollection", features };
    const sources: StyleSpecification["sources"] = { [SOURCE]: { type: "geojson", data } };
    return {
      sources,
      layers: [
        { id: "sketch-fill", type: "fill", source: SOURCE, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": INK, "fill-opacity": 0.12 } },
        { id: "sketch-line", type: "line", source: SOURCE, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": INK, "line-width": 2.2, "line-dasharray": [3, 1.5] } },
        {
          id: "sketch-point",
          type: "circle",
          source: SOURCE,
          filter: ["==", ["geometry-type"], "Point"],
          paint: { "circle-radius": 4, "circle-color": "#ffffff", "circle-stroke-color": INK, "circle-stroke-width": 2 },
        },
      ],
    };
  }
}

const feature = (geometry: Feature["geometry"]): Feature => ({ type: "Feature", properties: {}, geometry });

/** Corners of an address; undefined if they are none. */
export function parseRing(text: string): LonLat[] | undefined {
  const points = text.split(";").map((corner) => {
    const [lon, lat] = corner.split(",").map(Number);
    return { lon: lon ?? NaN, lat: lat ?? NaN };
  });
  const good = points.every(({ lon, lat }) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
  return good && points.length >= 3 && points.length <= MOST_CORNERS ? points : undefined;
}
