// The style on the other side of the swipe, as long as there is one.

import type { Legend } from "./api";
import type { Comparison } from "./compare";
import { byId } from "./dom";
import type { Filter } from "./filter";
import type { Library } from "./library";
import type { MapEvents, TubanMap } from "./map";
import type { Speaker } from "./words";

export class Comparing {
  /** What is beside the map; undefined: nothing. */
  current: { style: string; legend: Legend | undefined } | undefined;
  private view: Comparison | undefined;

  constructor(
    private readonly library: Library,
    private readonly events: MapEvents,
    /** The id under which a style has the colours of the page. */
    private readonly drawnStyle: (id: string) => string,
  ) {}

  get map(): TubanMap | undefined {
    return this.view?.map;
  }

  /** Shows a style beside `main`. */
  async show(id: string, main: TubanMap, filter: Filter, speaker: Speaker): Promise<void> {
    const [{ style, legend }, { Comparison }] = await Promise.all([this.library.drawn(this.drawnStyle(id)), import("./compare")]);
    this.view ??= new Comparison(byId("map"), main, this.events, speaker);
    this.current = { style: id, legend };
    this.view.show(style, { filter, fields: this.library.fields });
  }

  /** Shows only what the filter says. */
  async filter(filter: Filter): Promise<void> {
    const { current, view, library } = this;
    if (current && view) view.show(await library.style(this.drawnStyle(current.style)), { filter, fields: library.fields });
  }

  /** Draws the same in the colours that the page has now. */
  async repaint(filter: Filter): Promise<void> {
    const { current } = this;
    if (!current) return;
    const { legend } = await this.library.drawn(this.drawnStyle(current.style));
    if (this.current === current) this.current = { ...current, legend };
    await this.filter(filter);
  }

  speak(speaker: Speaker): void {
    this.view?.speak(speaker);
  }

  end(): void {
    this.view?.close();
    this.view = undefined;
    this.current = undefined;
  }
}
