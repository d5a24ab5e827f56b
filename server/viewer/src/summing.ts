// The sums that a legend shows beside those of the statistics: asked for when the map has come to rest.

import type { Legend } from "./api";
import { isWhole, liveTotals, type Extent, type LiveTotals } from "./totals";

/** How long the map must rest before its view is added up. */
const REST_MS = 150;

export class Summing {
  /** Undefined: the statistics say it all. */
  live: LiveTotals | undefined;
  private adding: AbortController | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;

  /** `changed` hears of other sums, `work` of every question that is on its way. */
  constructor(
    private readonly changed: () => void,
    private readonly work: (work: Promise<void>) => Promise<void>,
  ) {}

  /** The legend is another one: what was summed is not of it. */
  drop(): void {
    this.adding?.abort();
    this.live = undefined;
  }

  /** Adds up what is shown; what the statistics say is not asked for. */
  refresh(legend: Legend | undefined, extent: Extent): void {
    clearTimeout(this.resting);
    this.adding?.abort();
    if (!legend?.entries.some((entry) => entry.class)) return;
    if (isWhole(legend, extent)) {
      const had = this.live !== undefined;
      this.live = undefined;
      if (had) this.changed();
      return;
    }
    const adding = new AbortController();
    this.adding = adding;
    const rested = new Promise<void>((resolve) => {
      this.resting = setTimeout(resolve, REST_MS);
      adding.signal.addEventListener("abort", () => resolve());
    });
    void this.work(rested.then(() => this.add(legend, extent, adding.signal)));
  }

  private async add(legend: Legend, extent: Extent, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const live = await liveTotals(legend, extent, signal).catch(() => undefined);
    if (signal.aborted) return;
    this.live = live;
    this.changed();
  }
}
