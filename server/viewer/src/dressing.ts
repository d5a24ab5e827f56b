// The style that is shown: its id, its colours for this page, what its legend says and draws with.

import type { StyleSpecification } from "maplibre-gl";

import type { Legend, StyleEntry } from "./api";
import type { Library } from "./library";
import type { Shading } from "./shading";
import { NO_SPRITE, type Sprite } from "./sprite";

export interface DressingEvents {
  /** A style cannot be had. */
  failed(id: string, error: unknown): void;
  /** There are other images to draw legends with. */
  imagesCame(): void;
}

export class Dressing {
  /** Without its variant: the same in light and dark. */
  id = "";
  legend: Legend | undefined;
  sprite: Sprite = NO_SPRITE;

  constructor(
    private readonly library: Library,
    private readonly shading: Shading,
    private readonly entries: () => StyleEntry[],
    private readonly events: DressingEvents,
  ) {}

  /** The style with that id, or the first there is. */
  known(id: string | undefined): string {
    const styles = this.entries();
    return styles.find((style) => style.id === id)?.id ?? styles[0]?.id ?? "auto";
  }

  /** The id under which a style has the colours of the page. */
  drawn(id: string): string {
    return this.shading.styleOf(this.entries().find((style) => style.id === id), id);
  }

  /** Puts a style on; undefined where it cannot be had, or where another was put on meanwhile. */
  async take(id: string): Promise<StyleSpecification | undefined> {
    this.id = id;
    try {
      const { style, legend } = await this.library.drawn(this.drawn(id));
      if (this.id !== id) return undefined;
      this.legend = legend;
      void this.takeSprite(style);
      return style;
    } catch (error) {
      this.events.failed(id, error);
      return undefined;
    }
  }

  /** Every other style, so that choosing one waits for nothing. */
  prefetch(): void {
    void this.library.prefetch(this.entries().map((style) => this.drawn(style.id)));
  }

  /** The images of legends, which nobody waits for. */
  private async takeSprite(style: StyleSpecification): Promise<void> {
    const sprite = await this.library.sprite(style);
    if (sprite === this.sprite) return;
    this.sprite = sprite;
    this.events.imagesCame();
  }
}
