// What is selected on the map: asked of the server, highlighted, shown in the card.

import { during } from "./activity";
import * as api from "./api";
import type { Listed } from "./card";
import { byId } from "./dom";
import { highlightOf, lyingAt, type Selection } from "./identify";
import { margins } from "./layout";
import type { Highlight } from "./composition";
import type { DrawnFeature, TubanMap } from "./map";
import type { Message } from "./message";

/** What of the page a selection touches. */
export interface SelectingHost {
  /** The maps that are shown, the first one first. */
  maps(): TubanMap[];
  isAnalysed(): boolean;
  /** The card shows something else from now on. */
  beforeShown(): void;
  /** Something else is selected, or nothing any more. */
  changed(parcel: api.Parcel | undefined): void;
}

export class Selecting {
  selection: Selection | undefined;
  /** Counts requests for a card, so that a slow answer does not replace a later one. */
  private asked = 0;

  constructor(
    private readonly host: SelectingHost,
    private readonly message: Message,
  ) {}

  get parcel(): api.Parcel | undefined {
    return this.selection && "parcel" in this.selection ? this.selection.parcel : undefined;
  }

  /** What lies at a point: a parcel if there is one, else everything else. */
  async ask(point: { lon: number; lat: number }, drawn: DrawnFeature[], byKeyboard: boolean): Promise<void> {
    const turn = ++this.asked;
    const { parcel, others } = await lyingAt(point, drawn, this.host.isAnalysed());
    if (turn !== this.asked) return;
    if (parcel !== undefined) {
      await this.open(parcel, others, turn);
    } else if (others.length > 0) {
      this.host.beforeShown();
      this.selection = { features: others };
      this.highlight(highlightOf(others));
      this.host.changed(undefined);
    } else {
      this.drop();
      if (byKeyboard) this.message.show("nothingHere");
      return;
    }
    if (this.message.word === "nothingHere") this.message.clear();
    if (byKeyboard) byId("card").querySelector<HTMLElement>("h2")?.focus();
  }

  async select(key: string, zoom: boolean): Promise<void> {
    const turn = ++this.asked;
    await during(this.open(key, [], turn));
    if (zoom) this.zoom(false);
  }

  /** Asks for the selected parcel again. */
  async renew(): Promise<void> {
    const { selection } = this;
    if (selection && "parcel" in selection) await this.open(selection.parcel.key, selection.also, ++this.asked);
  }

  private async open(key: string, also: Listed[], turn: number): Promise<void> {
    try {
      const parcel = await api.parcel(key);
      if (turn !== this.asked) return;
      this.host.beforeShown();
      this.selection = { parcel, also };
      this.highlight({ tileset: api.FINDINGS, layer: "parcels", key: parcel.key });
      if (this.message.word === "noParcel") this.message.clear();
    } catch (error) {
      const missing = error instanceof api.Refused && error.status === 404;
      if (missing) this.message.show("noParcel", undefined, key);
      else this.message.show(error instanceof api.Refused ? "refused" : "unreachable", () => void during(this.open(key, also, turn)));
    }
    this.host.changed(this.parcel);
  }

  zoom(animate: boolean): void {
    const { parcel } = this;
    if (parcel) this.host.maps()[0]?.fit(parcel.bounds, margins(true), animate, 17);
  }

  /** Lets go of it, and of whatever else the card shows. */
  drop(): void {
    const hadFocus = byId("card").contains(document.activeElement);
    this.asked += 1;
    this.selection = undefined;
    this.host.beforeShown();
    this.highlight(undefined);
    this.host.changed(undefined);
    if (hadFocus) this.host.maps()[0]?.map.getCanvas().focus();
  }

  private highlight(feature: Highlight | undefined): void {
    for (const map of this.host.maps()) map.highlight(feature);
  }
}
