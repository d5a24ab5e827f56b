// What becomes of the tools beside the map: measuring, tables, paper, and a link.

import { during } from "./activity";
import type { Catalog, Legend } from "./api";
import { element } from "./dom";
import type { Drawing } from "./drawing";
import type { Filter } from "./filter";
import { formatPlace, type Place } from "./hash";
import { legendElement } from "./legend";
import type { Library } from "./library";
import type { TubanMap } from "./map";
import type { Message } from "./message";
import { prepareSheet } from "./print";
import type { SketchKind } from "./sketch";
import type { Sprite } from "./sprite";
import type { Summing } from "./summing";
import { TableView } from "./tables";
import type { Tool } from "./tools";
import type { Speaker } from "./words";

/** What is on the page when a tool is taken. */
export interface AtHand {
  map: TubanMap | undefined;
  catalog: Catalog | undefined;
  style: string;
  legend: Legend | undefined;
  filter: Filter;
  live: Summing["live"];
  sprite: Sprite;
  drawing: Drawing | undefined;
  speaker: Speaker;
  notes: string[];
  place: Place;
}

export class Toolbox {
  constructor(
    private readonly atHand: () => AtHand,
    private readonly library: Library,
    private readonly message: Message,
    /** Closes the card, and with it a drawing. */
    private readonly deselect: () => void,
  ) {}

  use(tool: Tool): void {
    if (tool === "line" || tool === "area") this.startSketch(tool);
    else if (tool === "tables") void this.openTables();
    else if (tool === "print") void during(this.print(true));
    else void this.copyLink();
  }

  private startSketch(kind: SketchKind): void {
    const { drawing, map } = this.atHand();
    const again = drawing?.active === kind;
    this.deselect();
    if (again) return;
    drawing?.start(kind);
    map?.map.getCanvas().focus();
  }

  private openTables(): Promise<void> {
    const { catalog, style, speaker } = this.atHand();
    const ofTable = (table: string) => catalog?.styles.find((known) => known.table === table)?.id;
    const colours = async (table: string) => {
      const id = ofTable(table);
      const legend = id === undefined ? undefined : await this.library.legend(id).catch(() => undefined);
      return new Map(legend?.entries.map((entry) => [entry.key, entry.color]));
    };
    const first = catalog?.styles.find((known) => known.id === style)?.table;
    return during(new TableView(catalog?.statistics ?? [], first, speaker, colours, during).open());
  }

  /** Prepares the sheet and has it printed, in colours for paper where the map has them. */
  async print(now: boolean): Promise<void> {
    const { map, catalog, speaker, style: id, filter, live, sprite, legend: shown, notes } = this.atHand();
    if (!map || !catalog) return;
    const style = catalog.styles.find((known) => known.id === id);
    const paper = style?.variants?.find((known) => known.variant === "print")?.id;
    const before = map.style;
    if (paper) await map.showFully(await this.library.style(paper));
    const legend = await this.library.legend(paper ?? id).catch(() => shown);
    const draws = (tileset: string | null, layer: string) => map.draws(tileset, layer);
    const drawn = legend ? legendElement({ legend, filter, live, sprite, draws, choose: undefined }, speaker) : element("div");
    const date = new Date().toLocaleDateString(speaker.language === "zh" ? "zh-CN" : "en-GB");
    const lines = [...notes, `${speaker.say("printed")} ${date}`, location.href];
    await prepareSheet(map.map, { title: catalog.title, subtitle: style ? speaker.pick(style.label) : "", legend: drawn, notes: lines }, speaker);
    if (paper && before) map.setStyle(before);
    if (now) window.print();
  }

  private async copyLink(): Promise<void> {
    const address = new URL(formatPlace(this.atHand().place), document.baseURI).href;
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    this.message.show(copied ? "linkCopied" : "linkIsAddress");
    setTimeout(() => ["linkCopied", "linkIsAddress"].includes(this.message.word ?? "") && this.message.clear(), 4000);
  }
}
