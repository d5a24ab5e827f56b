// Styles, legends and attributes of the generation that is served, each asked for once.

import type { StyleSpecification } from "maplibre-gl";

import * as api from "./api";
import type { Described } from "./composition";
import { loadSprite, NO_SPRITE, type Sprite } from "./sprite";

export class Library {
  /** Which attributes each layer of the findings has; empty until somebody filters. */
  fields: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  private readonly styles = new Map<string, Promise<StyleSpecification>>();
  private readonly sprites = new Map<string, Promise<Sprite>>();
  private readonly legends = new Map<string, Promise<api.Legend>>();

  style(id: string): Promise<StyleSpecification> {
    return remember(this.styles, id, () => api.style<StyleSpecification>(id));
  }

  legend(id: string): Promise<api.Legend> {
    return remember(this.legends, id, () => api.legend(id));
  }

  /** A style with its legend, if that can be had. */
  async drawn(id: string): Promise<{ style: StyleSpecification; legend: api.Legend | undefined }> {
    const [style, legend] = await Promise.all([this.style(id), this.legend(id).catch(() => undefined)]);
    return { style, legend };
  }

  /** The images of a style; none where it has none or they cannot be had. */
  sprite(style: StyleSpecification): Promise<Sprite> {
    const { sprite } = style;
    if (typeof sprite !== "string") return Promise.resolve(NO_SPRITE);
    return remember(this.sprites, sprite, () => loadSprite(sprite)).catch(() => NO_SPRITE);
  }

  async learnFields(): Promise<void> {
    if (this.fields.size === 0) this.fields = await api.fields(api.FINDINGS).catch(() => new Map());
  }

  /** TileJSON of tilesets by its address; what cannot be had is left to the map to ask for. */
  async described(tilesets: api.Tileset[]): Promise<Described> {
    const described: Described = new Map();
    await Promise.allSettled(tilesets.map(async ({ id, url }) => described.set(url, await api.tileJson(id))));
    return described;
  }

  /** Every style and legend before somebody asks for it, so that switching waits for nothing. */
  async prefetch(ids: string[]): Promise<void> {
    for (const id of ids) await Promise.all([this.style(id), this.legend(id)]).catch(() => undefined);
  }

  /** Another generation is served. */
  forget(): void {
    this.styles.clear();
    this.legends.clear();
    this.sprites.clear();
    this.fields = new Map();
  }
}

/** The promise under that key, made once; a failed one is forgotten. */
function remember<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let promise = made.get(key);
  if (!promise) {
    promise = make();
    made.set(key, promise);
    promise.catch(() => made.delete(key));
  }
  return promise;
}
