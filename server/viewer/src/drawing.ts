// The line or area that is being drawn or was drawn last, and what the server says of it.

import * as api from "./api";
import type { TubanMap } from "./map";
import { parseRing, Sketch, type SketchKind } from "./sketch";

export interface DrawingEvents {
  /** Something else is to be shown of it. */
  changed(): void;
  /** Whether the server could say what the area holds. */
  answered(good: boolean): void;
}

export class Drawing {
  sketch: Sketch | undefined;
  /** Undefined while nobody has answered, null where nobody can. */
  inside: api.Inside | null | undefined;

  /** `beside` is a map that shows the same; `work` hears of every question that is on its way. */
  constructor(
    private readonly map: TubanMap,
    private readonly beside: () => TubanMap | undefined,
    private readonly isAnalysed: () => boolean,
    private readonly events: DrawingEvents,
    private readonly work: (work: Promise<void>) => Promise<void>,
  ) {}

  /** Which tool is in use. */
  get active(): SketchKind | undefined {
    return this.sketch && !this.sketch.finished ? this.sketch.kind : undefined;
  }

  /** The corners of an area that is done, as an address has them. */
  get area(): string | undefined {
    return this.sketch?.finished && this.sketch.kind === "area" ? this.sketch.ring() : undefined;
  }

  start(kind: SketchKind): void {
    this.drop();
    this.sketch = new Sketch(kind, this.map, this.beside, () => this.sketched());
    this.events.changed();
  }

  /** An area from an address. */
  show(ring: string): void {
    const points = parseRing(ring);
    if (!points) return;
    this.drop();
    this.sketch = new Sketch("area", this.map, this.beside, () => this.sketched(), points);
    this.sketched();
  }

  drop(): void {
    this.sketch?.remove();
    this.sketch = undefined;
    this.inside = undefined;
  }

  /** Asks again what the area holds, if there is one. */
  async ask(): Promise<void> {
    const { sketch } = this;
    if (!sketch?.finished || sketch.kind !== "area" || !this.isAnalysed()) return;
    const inside = await api.inside(sketch.ring()).catch(() => null);
    if (this.sketch !== sketch) return;
    this.inside = inside;
    this.events.answered(inside !== null);
    this.events.changed();
  }

  private sketched(): void {
    this.events.changed();
    if (this.sketch?.finished) void this.work(this.ask());
  }
}
