// Two styles of one place side by side: a second map over the first, of which a handle shows a part.

import type { StyleSpecification } from "maplibre-gl";

import { element } from "./dom";
import { Composition, type Fields } from "./composition";
import type { Filter } from "./filter";
import { TubanMap, type MapEvents } from "./map";
import type { Speaker } from "./words";

/** Hundredths of the width by which an arrow key moves the handle. */
const STEP = 2;

/** A filter with what is needed to draw by it. */
export interface FilterArguments {
  filter: Filter;
  fields: Fields;
}

export class Comparison {
  private readonly root: HTMLElement;
  private readonly handle: HTMLElement;
  private readonly other: TubanMap;
  /** Hundredths of the width that the first style has. */
  private share = 50;
  private following = false;
  private readonly follow = () => this.go(this.main, this.other);

  constructor(
    private readonly container: HTMLElement,
    private readonly main: TubanMap,
    events: MapEvents,
    speaker: Speaker,
  ) {
    const map = element("div", { class: "compared-map" });
    this.handle = element("div", {
      class: "swipe",
      attributes: { role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": "100", "aria-orientation": "horizontal" },
      on: { keydown: (event) => this.pressed(event), pointerdown: (event) => this.grab(event) },
    });
    this.root = element("div", { class: "compare" }, map, this.handle);
    container.append(this.root);
    const opening = { drawn: new Composition(), at: main.view(), controls: false };
    this.other = new TubanMap(map, { ...events, onMoved: () => undefined, onSource: () => undefined }, opening);
    this.main.map.on("move", this.follow);
    this.other.map.on("move", () => this.go(this.other, this.main));
    this.speak(speaker);
    this.place();
  }

  get map(): TubanMap {
    return this.other;
  }

  speak(speaker: Speaker): void {
    this.handle.setAttribute("aria-label", speaker.say("swipe"));
    this.other.nameControls({ canvas: speaker.say("comparedCanvas"), zoomIn: "", zoomOut: "", locate: "" });
  }

  show(style: StyleSpecification, { filter, fields }: FilterArguments): void {
    this.other.setFilter(filter, fields);
    this.other.setStyle(style);
  }

  close(): void {
    this.main.map.off("move", this.follow);
    this.other.map.remove();
    this.root.remove();
  }

  private go(from: TubanMap, to: TubanMap): void {
    if (this.following) return;
    this.following = true;
    to.map.jumpTo({ center: from.map.getCenter(), zoom: from.map.getZoom() });
    this.following = false;
  }

  private pressed(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -100, End: 100 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.share = Math.min(100, Math.max(0, this.share + step));
    this.place();
  }

  private grab(event: PointerEvent): void {
    event.preventDefault();
    this.handle.setPointerCapture(event.pointerId);
    this.handle.focus();
    const move = (moved: PointerEvent) => {
      const box = this.container.getBoundingClientRect();
      this.share = Math.min(100, Math.max(0, ((moved.clientX - box.left) / box.width) * 100));
      this.place();
    };
    this.handle.addEventListener("pointermove", move);
    const end = () => this.handle.removeEventListener("pointermove", move);
    this.handle.addEventListener("pointerup", end, { once: true });
    this.handle.addEventListener("pointercancel", end, { once: true });
  }

  private place(): void {
    this.root.style.setProperty("--share", `${this.share}%`);
    this.handle.setAttribute("aria-valuenow", String(Math.round(this.share)));
  }
}
