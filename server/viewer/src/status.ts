// Where the pointer is, or else the middle of the map: degrees and the plane of the survey.

import { degrees, planeText, type LonLat } from "./coordinates";
import { element } from "./dom";

export class Status {
  private pending: LonLat | undefined;

  constructor(private readonly root: HTMLElement) {}

  /** Shown with the next frame: pointers move more often than anybody reads. */
  show(place: LonLat): void {
    const first = this.pending === undefined;
    this.pending = place;
    if (first) requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const place = this.pending;
    this.pending = undefined;
    if (!place) return;
    this.root.replaceChildren(element("span", { text: degrees(place) }), element("span", { text: planeText(place) }));
  }
}
