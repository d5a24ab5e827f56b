// The row of tools on the map: what one can do beside looking.

import { element, iconButton } from "./dom";
import type { Speaker, Word } from "./words";

export type Tool = "line" | "area" | "tables" | "print" | "link";

/** Lines of a 20 × 20 square. */
const SIGNS: Record<Tool, string> = {
  line: "M2 13l11-11 5 5-11 11zM5 10l2 2M8 7l3 3M11 4l2 2",
  area: "M3 6l8-3 6 6-3 8-9-2zM3 6h.1M11 3h.1M17 9h.1M14 17h.1M5 15h.1",
  tables: "M3 3h14v14H3zM3 8h14M3 12.5h14M8 3v14",
  print: "M5 8V2h10v6M5 14H2V8h16v6h-3M5 11h10v7H5z",
  link: "M8 12l4-4M6 9l-2 2a3.5 3.5 0 0 0 5 5l2-2M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2",
};

const NAMES: Record<Tool, Word> = { line: "measureLine", area: "drawArea", tables: "tables", print: "print", link: "copyLink" };

export function renderTools(root: HTMLElement, tools: Tool[], active: Tool | undefined, speaker: Speaker, use: (tool: Tool) => void): void {
  root.setAttribute("aria-label", speaker.say("tools"));
  const focused = (document.activeElement as HTMLElement | null)?.dataset["tool"];
  root.replaceChildren(
    ...tools.map((tool) => {
      const button = iconButton(SIGNS[tool], speaker.say(NAMES[tool]), () => use(tool));
      button.dataset["tool"] = tool;
      if (tool === "line" || tool === "area") button.setAttribute("aria-pressed", String(tool === active));
      return button;
    }),
    element("span", { class: "hidden" }),
  );
  if (focused) root.querySelector<HTMLElement>(`[data-tool="${focused}"]`)?.focus();
}
