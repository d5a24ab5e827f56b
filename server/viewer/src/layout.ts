// Where panel and card stand, and what room they leave.

import { byId } from "./dom";
import type { Margins } from "./map";

/** At most so wide is a phone; style.css says the same. */
const PHONE = 600;

/** Room that panel and card take from the map. */
export function margins(withCard: boolean): Margins {
  const gap = 36;
  const room = { top: gap, right: gap, bottom: gap, left: gap };
  const panel = byId("panel").getBoundingClientRect();
  const card = byId("card").getBoundingClientRect();
  if (innerWidth <= PHONE) {
    const sheet = withCard ? card.height : panel.height;
    room.bottom += Math.min(sheet, innerHeight * 0.6);
    room.left = 16;
    room.right = 60;
  } else {
    room.left += panel.right;
    // Card or tools: what is shown lies below neither.
    room.right += withCard ? card.width : byId("tools").getBoundingClientRect().width;
  }
  return room;
}

/** On a phone, scale and buttons keep clear of the sheet at the bottom. */
export function measureSheets(): void {
  const sheets = [byId("panel"), byId("card")];
  const measure = () => {
    const height = Math.max(...sheets.map((sheet) => sheet.getBoundingClientRect().height));
    document.documentElement.style.setProperty("--sheet", `${Math.round(height)}px`);
  };
  const observer = new ResizeObserver(measure);
  for (const sheet of sheets) observer.observe(sheet);
}
