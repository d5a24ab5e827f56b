// Building elements. Words only ever become text nodes: nothing from data is parsed as HTML.

type Child = Node | string | null | undefined | false;

interface Options {
  class?: string;
  text?: string;
  attributes?: Record<string, string>;
  on?: Partial<{ [Event in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[Event]) => void }>;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class) made.className = options.class;
  if (options.text !== undefined) made.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    made.addEventListener(name, listener as EventListener);
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button whose sign is a glyph and whose name is said to screen readers. */
export function signButton(sign: string, label: string, onClick: () => void, className = "sign"): HTMLButtonElement {
  return element(
    "button",
    { class: className, attributes: { type: "button", "aria-label": label, title: label }, on: { click: onClick } },
    element("span", { text: sign, attributes: { "aria-hidden": "true" } }),
  );
}

const SVG = "http://www.w3.org/2000/svg";

export function svgElement(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A button with a drawn sign: lines of a 20 × 20 square. */
export function iconButton(path: string, label: string, onClick: () => void, className = "icon"): HTMLButtonElement {
  const sign = svgElement(
    "svg",
    { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    svgElement("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round", "stroke-linecap": "round" }),
  );
  return element(
    "button",
    { class: className, attributes: { type: "button", "aria-label": label, title: label }, on: { click: onClick } },
    sign as unknown as Node,
  );
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}
