// The plan's tables in a window: sorted by any column, broken down, as bars, as files.

import * as api from "./api";
import { barChart } from "./chart";
import { element, signButton } from "./dom";
import type { Speaker } from "./words";

type Column = "label" | "count" | "area_ha" | "share";

const COLUMNS: Column[] = ["label", "count", "area_ha", "share"];

export class TableView {
  private readonly dialog: HTMLDialogElement;
  private chosen: string;
  private by: string | undefined;
  private sort: { column: Column; falling: boolean } | undefined;
  private table: api.Table | undefined;
  private failed = false;
  private asked = 0;

  /** `colours` are those of a map's classes, by key. */
  constructor(
    private readonly entries: api.TableEntry[],
    first: string | undefined,
    private speaker: Speaker,
    private readonly colours: (table: string) => Promise<ReadonlyMap<string, string>>,
    private readonly work: <T>(work: Promise<T>) => Promise<T>,
  ) {
    this.chosen = (entries.find((entry) => entry.id === first) ?? entries[0])?.id ?? "";
    this.dialog = element("dialog", { class: "tables", attributes: { "aria-labelledby": "tables-title" } });
    this.dialog.addEventListener("close", () => this.dialog.remove());
    document.body.append(this.dialog);
  }

  async open(): Promise<void> {
    this.dialog.showModal();
    await this.load();
  }

  close(): void {
    this.dialog.close();
  }

  private get entry(): api.TableEntry | undefined {
    return this.entries.find((entry) => entry.id === this.chosen);
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    if (this.by && !this.entry?.by.includes(this.by)) this.by = undefined;
    const asking = Promise.all([api.table(this.chosen, this.by), this.colours(this.chosen)]);
    const found = await this.work(asking).catch(() => undefined);
    if (turn !== this.asked) return;
    this.failed = found === undefined;
    this.table = found?.[0];
    this.draw(found?.[1] ?? new Map());
  }

  private draw(colours: ReadonlyMap<string, string>): void {
    const { speaker, table, dialog } = this;
    const focused = document.activeElement?.id;
    const title = element("h2", { attributes: { id: "tables-title" }, text: speaker.say("tables") });
    const head = element("header", {}, title, signButton("×", speaker.say("close"), () => this.close()));
    const tools = element(
      "div",
      { class: "table-tools" },
      this.select("table-select", speaker.say("table"), this.entries.map((entry) => [entry.id, speaker.pick(entry.label)]), this.chosen, (id) => {
        this.chosen = id;
        this.sort = undefined;
        void this.load();
      }),
      this.select(
        "table-by",
        speaker.say("breakdown"),
        [["", speaker.say("breakdownNone")], ...(this.entry?.by ?? []).map((by): [string, string] => [by, speaker.by(by)])],
        this.by ?? "",
        (by) => {
          this.by = by || undefined;
          void this.load();
        },
      ),
      this.file("CSV", ".csv"),
      this.file("XLSX", ".xlsx"),
    );
    dialog.replaceChildren(head, tools, element("div", { class: "table-body", attributes: { tabindex: "0" } }, ...this.body(table, colours)));
    if (focused) document.getElementById(focused)?.focus();
  }

  private body(table: api.Table | undefined, colours: ReadonlyMap<string, string>): Node[] {
    const { speaker } = this;
    if (!table) return [element("p", { text: this.failed ? speaker.say("refused") : speaker.say("loading") })];
    const groups = table.groups ?? [{ ...(table as api.TableRows), key: "", label: { zh: "", en: "" } }];
    const parts = groups.flatMap((group) => {
      const name = speaker.pick(group.label);
      const rows = this.sorted(group.rows);
      const bars = rows.map((row) => ({
        label: speaker.pick(row.label),
        value: row.area_ha,
        text: speaker.number(row.area_ha, 2),
        color: colours.get(row.key) ?? "#8a949e",
      }));
      const heading = name === "" ? null : element("h3", { text: name });
      return [heading, this.rows(table, group, rows), barChart(bars, `${speaker.pick(table.title)} ${name}`.trim()) as unknown as Node];
    });
    const rules = element("p", { class: "quiet", text: `${speaker.say("rules")} ${table.rules}` });
    return [...parts.filter((part): part is HTMLElement => part !== null), rules];
  }

  private rows(table: api.Table, group: api.TableRows, rows: api.TableRow[]): HTMLTableElement {
    const { speaker, sort } = this;
    const words = { label: speaker.say("className"), count: speaker.pick(table.counts), area_ha: speaker.say("hectares"), share: speaker.say("share") };
    const header = element("tr");
    for (const column of COLUMNS) {
      const sorted = sort?.column === column ? (sort.falling ? "descending" : "ascending") : "none";
      const sign = { descending: " ▾", ascending: " ▴", none: "" }[sorted];
      const button = element("button", {
        text: words[column] + sign,
        attributes: { type: "button", id: `sort-${group.total.label.zh}-${column}` },
        on: { click: () => this.sortBy(column) },
      });
      header.append(element("th", { class: column === "label" ? "" : "figure", attributes: { scope: "col", "aria-sort": sorted } }, button));
    }
    const body = element("tbody", {}, ...rows.map((row) => this.row(row)), this.row(group.total, "total"));
    for (const row of group.of_which) body.append(this.row(row, "quiet"));
    if (group.not_assessed) body.append(this.row(group.not_assessed, "quiet"));
    const made = element("table", {}, element("caption", { text: speaker.pick(table.title) }), body);
    made.createTHead().append(header);
    return made;
  }

  private row(row: api.TableRow, className = ""): HTMLTableRowElement {
    const { speaker } = this;
    const made = element(
      "tr",
      { class: className },
      element("th", { attributes: { scope: "row" }, text: speaker.pick(row.label) }),
      element("td", { class: "figure", text: row.count === null ? "" : speaker.count(row.count) }),
      element("td", { class: "figure", text: speaker.number(row.area_ha, 2) }),
      element("td", { class: "figure", text: row.share === null ? "" : speaker.percent(row.share) }),
    );
    made.dataset["key"] = row.key;
    return made;
  }

  private sortBy(column: Column): void {
    const before = this.sort;
    const first = column !== "label";
    if (before?.column !== column) this.sort = { column, falling: first };
    else this.sort = before.falling === first ? { column, falling: !first } : undefined;
    void this.colours(this.chosen).then((colours) => this.draw(colours));
  }

  private sorted(rows: api.TableRow[]): api.TableRow[] {
    const { sort, speaker } = this;
    if (!sort) return rows;
    const order = (a: api.TableRow, b: api.TableRow) =>
      sort.column === "label" ? speaker.pick(a.label).localeCompare(speaker.pick(b.label), speaker.language) : (a[sort.column] ?? -1) - (b[sort.column] ?? -1);
    return [...rows].sort((a, b) => (sort.falling ? order(b, a) : order(a, b)));
  }

  private select(id: string, label: string, options: [string, string][], chosen: string, choose: (value: string) => void): HTMLElement {
    const select = element("select", { attributes: { id } });
    for (const [value, text] of options) {
      const option = element("option", { text, attributes: { value } });
      option.selected = value === chosen;
      select.append(option);
    }
    select.addEventListener("change", () => choose(select.value));
    return element("label", {}, element("span", { text: label }), select);
  }

  private file(name: string, form: string): HTMLElement {
    return element("a", { class: "plain", text: name, attributes: { href: api.tablePath(this.chosen, this.by, form), download: `${this.chosen}${form}` } });
  }
}
