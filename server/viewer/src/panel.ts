// The panel: title, language, themes, legend, layers. On a phone it is a sheet at the bottom.

import type { Catalog, Legend } from "./api";
import { element, signButton } from "./dom";
import { layerList, type LayerSwitch } from "./layers";
import { legendElement } from "./legend";
import type { Language, Speaker } from "./words";

export interface PanelState {
  catalog: Catalog;
  style: string;
  legend: Legend | undefined;
  /** Only the title is to be seen. */
  folded: boolean;
}

export interface PanelActions extends LayerSwitch {
  chooseStyle(id: string): void;
  chooseLanguage(language: Language): void;
  fold(folded: boolean): void;
  draws(tileset: string | null, layer: string): boolean;
}

/** The one tileset that themes draw; all others are plain layers. */
const FINDINGS = "findings";

export function renderPanel(panel: HTMLElement, state: PanelState, speaker: Speaker, actions: PanelActions): void {
  const focused = focusedName(panel);
  const { catalog, folded } = state;
  const themes = catalog.styles.filter((style) => style.id !== "auto");
  panel.classList.toggle("folded", folded);
  panel.setAttribute("aria-label", catalog.title);
  const language = speaker.language === "zh" ? "en" : "zh";
  const body = element("div", { class: "panel-body", attributes: { id: "panel-body" } });
  body.hidden = folded;
  if (themes.length > 0) body.append(switcher(state, speaker, actions));
  if (state.legend && themes.length > 0) body.append(legendElement(state.legend, speaker, actions.draws));
  const plain = themes.length > 0 ? catalog.tilesets.filter((tileset) => tileset.id !== FINDINGS) : catalog.tilesets;
  if (plain.length > 0 || themes.length === 0) {
    body.append(
      element("h2", { text: speaker.say(themes.length > 0 ? "otherLayers" : "layers") }),
      layerList(plain, speaker, actions),
    );
  }
  const fold = signButton(folded ? "▴" : "▾", speaker.say(folded ? "expand" : "collapse"), () => actions.fold(!folded), "sign fold");
  fold.setAttribute("aria-expanded", String(!folded));
  fold.setAttribute("aria-controls", "panel-body");
  const other = element("button", {
    class: "language",
    text: language === "zh" ? "中文" : "English",
    attributes: { type: "button", lang: language === "zh" ? "zh-CN" : "en" },
    on: { click: () => actions.chooseLanguage(language) },
  });
  panel.replaceChildren(element("header", {}, element("h1", { text: catalog.title }), other, fold), body);
  // On a phone the themes are a row to scroll: the chosen one is in sight.
  const chosen = panel.querySelector<HTMLElement>(".themes input:checked")?.parentElement;
  const row = chosen?.parentElement;
  if (chosen && row) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
  if (focused) panel.querySelector<HTMLElement>(focused)?.focus();
}

function switcher(state: PanelState, speaker: Speaker, actions: PanelActions): HTMLElement {
  const field = element("fieldset", { class: "themes" }, element("legend", { class: "hidden", text: speaker.say("maps") }));
  for (const style of state.catalog.styles) {
    if (style.id === "auto") continue;
    const radio = element("input", {
      attributes: { type: "radio", name: "style", value: style.id },
      on: { change: () => actions.chooseStyle(style.id) },
    });
    radio.checked = style.id === state.style;
    field.append(element("label", {}, radio, element("span", { text: speaker.pick(style.label) })));
  }
  return field;
}

/** How to find the focused control again after the panel was drawn anew. */
function focusedName(panel: HTMLElement): string | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !panel.contains(focused)) return undefined;
  if (focused instanceof HTMLInputElement && focused.type === "radio") return "input[type=radio]:checked";
  if (focused.classList.contains("language")) return "button.language";
  if (focused.classList.contains("fold")) return "button.fold";
  return undefined;
}
