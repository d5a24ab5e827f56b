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

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}
