// News from the server: a new generation, and what it changed. Tiles that did not change stay.

/** What a generation changed of one tileset. */
export interface TilesetChanges {
  /** Why everything counts as changed. */
  everything?: string;
  /** `x/y` by zoom. */
  tiles: Record<string, string[]>;
}

/** `data` of an event; without `tilesets`, anything may have changed. */
export interface News {
  generation: string;
  since?: string;
  tilesets?: Record<string, TilesetChanges>;
}

export interface Tile {
  z: number;
  x: number;
  y: number;
}

/** Listens for as long as the page lives. The first news names the generation that is served. */
export function listen(hear: (news: News) => void): void {
  const source = new EventSource("events");
  source.addEventListener("generation", (event) => hear(JSON.parse((event as MessageEvent<string>).data) as News));
}

/** The tiles that changed; undefined if any may have. */
export function changedTiles(news: News, tileset: string): Tile[] | undefined {
  const changes = news.tilesets?.[tileset];
  if (!changes || changes.everything !== undefined) return undefined;
  return Object.entries(changes.tiles).flatMap(([zoom, tiles]) =>
    tiles.map((tile) => {
      const [x = 0, y = 0] = tile.split("/").map(Number);
      return { z: Number(zoom), x, y };
    }),
  );
}

/**
 * Which generation each tile is asked for: that of its URL, unless it changed since. So tiles that
 * did not change keep their addresses, and caches what they hold.
 */
export class Versions {
  private readonly changed = new Map<string, string>();

  /** These tiles are others from that generation on. */
  change(tileset: string, tiles: Tile[], generation: string): void {
    for (const { z, x, y } of tiles) this.changed.set(`${tileset}/${z}/${x}/${y}`, generation);
  }

  /** The tileset is described anew, and its tiles get new addresses. */
  forget(tileset: string): void {
    for (const tile of this.changed.keys()) if (tile.startsWith(`${tileset}/`)) this.changed.delete(tile);
  }

  /** The address to ask for instead. */
  address(url: string): string {
    const tile = /\/([^/?]+\/\d+\/\d+\/\d+)\?v=/.exec(url)?.[1];
    const generation = tile === undefined ? undefined : this.changed.get(decodeURIComponent(tile));
    return generation === undefined ? url : url.replace(/\?v=[^&]*/, `?v=${generation}`);
  }
}
