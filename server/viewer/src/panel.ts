// The panel: title, language, search, themes, legend, layers. On a phone it is a sheet at the bottom.

import { basemapsOf, FINDINGS, type Basemap, type Catalog, type Class, type Legend, type StyleEntry } from "./api";
import { element, signButton } from "./dom";
import { type Filter } from "./filter";
import { layerList, type LayerSwitch } from "./layers";
import { legendElement } from "./legend";
import type { Shade } from "./shading";
import type { Sprite } from "./sprite";
import type { LiveTotals } from "./totals";
import type { Language, Speaker } from "./words";

export interface PanelState {
  catalog: Catalog;
  style: string;
  legend: Legend | undefined;
  /** The style on the other side of the swipe, with its legend. */
  compared: { style: string; legend: Legend | undefined } | undefined;
  filter: Filter;
  live: LiveTotals | undefined;
  sprite: Sprite;
  scope: "all" | "view";
  basemap: string | undefined;
  shade: Shade;
  /** Only the title is to be seen. */
  folded: boolean;
}

export interface PanelActions extends LayerSwitch {
  chooseStyle(id: string): void;
  chooseLanguage(language: Language): void;
  chooseShade(shade: Shade): void;
  compare(style: string | undefined): void;
  choose(entry: Class): void;
  clearFilter(): void;
  setScope(scope: "all" | "view"): void;
  setBasemap(id: string | undefined): void;
  fold(folded: boolean): void;
  draws(tileset: string | null, layer: string): boolean;
}

/** `search` outlives every drawing of the panel: somebody may be typing there. */
export function renderPanel(panel: HTMLElement, search: HTMLElement | undefined, state: PanelState, speaker: Speaker, actions: PanelActions): void {
  const focused = focusedName(panel);
  const { catalog, folded, legend } = state;
  const themes = catalog.styles.filter((style) => style.id !== "auto");
  panel.classList.toggle("folded", folded);
  panel.setAttribute("aria-label", catalog.title);
  const language = speaker.language === "zh" ? "en" : "zh";
  const scrolled = panel.querySelector(".panel-body")?.scrollTop ?? 0;
  const body = element("div", { class: "panel-body", attributes: { id: "panel-body", tabindex: "-1" } });
  body.hidden = folded;
  if (themes.length > 0) body.append(switcher(themes, state, speaker, actions));
  if (legend && themes.length > 0) body.append(legendSection(legend, state, speaker, actions));
  if (themes.length > 1) body.append(comparison(themes, state, speaker, actions));
  const plain = themes.length > 0 ? catalog.tilesets.filter((tileset) => tileset.id !== FINDINGS) : catalog.tilesets;
  if (plain.length > 0 || themes.length === 0) {
    body.append(
      element("h2", { text: speaker.say(themes.length > 0 ? "otherLayers" : "layers") }),
      layerList(plain, speaker, actions),
    );
  }
  const basemaps = basemapsOf(catalog);
  if (basemaps.length > 0) body.append(basemapChoice(basemaps, state, speaker, actions));
  const fold = signButton(folded ? "▴" : "▾", speaker.say(folded ? "expand" : "collapse"), () => actions.fold(!folded), "sign fold");
  fold.setAttribute("aria-expanded", String(!folded));
  fold.setAttribute("aria-controls", "panel-body");
  const other = element("button", {
    class: "language",
    text: language === "zh" ? "中文" : "English",
    attributes: { type: "button", lang: language === "zh" ? "zh-CN" : "en" },
    on: { click: () => actions.chooseLanguage(language) },
  });
  const shade = state.shade === "light" ? "dark" : "light";
  const shading = signButton(shade === "dark" ? "☾" : "☀", speaker.say(shade), () => actions.chooseShade(shade), "sign shade");
  const header = element("header", {}, element("h1", { text: catalog.title }), other, shading, fold);
  const searching = search?.contains(document.activeElement) ?? false;
  if (searching && search?.parentElement === panel) {
    // Moving the box would take the focus from it.
    panel.querySelector("header")?.replaceWith(header);
    panel.querySelector(".panel-body")?.replaceWith(body);
  } else {
    panel.replaceChildren(header, ...(search ? [search] : []), body);
  }
  body.scrollTop = scrolled;
  // On a phone the themes are a row to scroll: the chosen one is in sight.
  const chosen = panel.querySelector<HTMLElement>(".themes input:checked")?.parentElement;
  const row = panel.querySelector<HTMLElement>(".themes");
  if (chosen && row) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
  if (focused) panel.querySelector<HTMLElement>(focused)?.focus();
}

/** The maps by the plan's chapters. */
function switcher(themes: StyleEntry[], state: PanelState, speaker: Speaker, actions: PanelActions): HTMLElement {
  const field = element("fieldset", { class: "themes" }, element("legend", { class: "hidden", text: speaker.say("maps") }));
  const chapters = new Map<string, StyleEntry[]>();
  for (const style of themes) chapters.set(style.chapter?.id ?? "", [...(chapters.get(style.chapter?.id ?? "") ?? []), style]);
  for (const styles of chapters.values()) {
    const group = element("div", { class: "chapter", attributes: { role: "group" } });
    const label = styles[0]?.chapter?.label;
    if (label && chapters.size > 1) {
      group.setAttribute("aria-label", speaker.pick(label));
      group.append(element("p", { class: "chapter-name", attributes: { "aria-hidden": "true" }, text: speaker.pick(label) }));
    }
    for (const style of styles) {
      const radio = element("input", {
        attributes: { type: "radio", name: "style", value: style.id },
        on: { change: () => actions.chooseStyle(style.id) },
      });
      radio.checked = style.id === state.style;
      group.append(element("label", {}, radio, element("span", { text: speaker.pick(style.label) })));
    }
    field.append(group);
  }
  return field;
}

/** What the colours say, and of what it is the sum. */
function legendSection(legend: Legend, state: PanelState, speaker: Speaker, actions: PanelActions): HTMLElement {
  const scope = (value: "all" | "view") => {
    const radio = element("input", { attributes: { type: "radio", name: "scope", value }, on: { change: () => actions.setScope(value) } });
    radio.checked = state.scope === value;
    return element("label", {}, radio, element("span", { text: speaker.say(value === "all" ? "everywhere" : "inView") }));
  };
  const clear = element("button", {
    class: "plain small clear-filter",
    text: speaker.say("clearFilter"),
    attributes: { type: "button" },
    on: { click: actions.clearFilter },
  });
  clear.hidden = state.filter.size === 0;
  const scopes = element("fieldset", { class: "scopes" }, element("legend", { class: "hidden", text: speaker.say("sumsOf") }), scope("all"), scope("view"));
  const { filter, live, sprite } = state;
  return element(
    "section",
    { class: "legend-section", attributes: { "aria-label": speaker.say("legend") } },
    element("div", { class: "legend-tools" }, scopes, clear),
    legendElement({ legend, filter, live, sprite, draws: actions.draws, choose: actions.choose }, speaker),
  );
}

/** Another style beside this one. */
function comparison(themes: StyleEntry[], state: PanelState, speaker: Speaker, actions: PanelActions): HTMLElement {
  const option = (value: string, text: string) => {
    const made = element("option", { text, attributes: { value } });
    made.selected = value === (state.compared?.style ?? "");
    return made;
  };
  const select = element(
    "select",
    { attributes: { id: "compare-select" } },
    option("", speaker.say("compareNone")),
    ...themes.filter((style) => style.id !== state.style).map((style) => option(style.id, speaker.pick(style.label))),
  );
  select.addEventListener("change", () => actions.compare(select.value || undefined));
  const { compared } = state;
  const legend = compared?.legend;
  return element(
    "section",
    { class: "compare-section" },
    element("label", { attributes: { for: "compare-select" }, text: speaker.say("compareWith") }),
    select,
    legend && legendElement({ legend, filter: state.filter, live: undefined, sprite: state.sprite, draws: () => true, choose: undefined }, speaker),
  );
}

/** Which map of others lies below. */
function basemapChoice(basemaps: Basemap[], state: PanelState, speaker: Speaker, actions: PanelActions): HTMLElement {
  const option = (value: string, text: string) => {
    const made = element("option", { text, attributes: { value } });
    made.selected = value === (state.basemap ?? "");
    return made;
  };
  const select = element(
    "select",
    { attributes: { id: "basemap-select" } },
    option("", speaker.say("basemapNone")),
    ...basemaps.map((basemap) => option(basemap.id, speaker.pick(basemap.label))),
  );
  select.addEventListener("change", () => actions.setBasemap(select.value || undefined));
  return element("section", { class: "basemap-section" }, element("label", { attributes: { for: "basemap-select" }, text: speaker.say("basemap") }), select);
}

/** How to find the focused control again after the panel was drawn anew. */
function focusedName(panel: HTMLElement): string | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !panel.contains(focused)) return undefined;
  if (focused instanceof HTMLInputElement && focused.type === "radio") return `input[type=radio][name=${focused.name}]:checked`;
  if (focused instanceof HTMLSelectElement) return `#${focused.id}`;
  const row = focused.closest<HTMLElement>("tr[data-key]");
  if (row && focused.classList.contains("choose")) return `.legend-section tr[data-key="${CSS.escape(row.dataset["key"] ?? "")}"] button.choose`;
  const named = ["language", "shade", "fold", "clear-filter"].find((name) => focused.classList.contains(name));
  return named && `button.${named}`;
}
