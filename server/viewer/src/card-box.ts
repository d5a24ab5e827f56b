// The box beside the map, or the sheet above the panel of a phone: a parcel, features, or a drawing.

import type { Inside } from "./api";
import { featuresCard, parcelCard, type CodeBook } from "./card";
import type { Selection } from "./identify";
import type { Sketch } from "./sketch";
import { sketchCard } from "./sketch-card";
import type { Speaker } from "./words";

export interface CardContent {
  selection: Selection | undefined;
  /** A drawing goes before a selection. */
  sketch: Sketch | undefined;
  inside: Inside | null | undefined;
}

export interface CardBoxActions {
  close(): void;
  zoom(): void;
  openParcel(key: string): void;
}

export function renderCardBox(card: HTMLElement, content: CardContent, codes: CodeBook, speaker: Speaker, actions: CardBoxActions): void {
  const focused = card.contains(document.activeElement);
  const shown = parts(content, codes, speaker, actions);
  document.body.classList.toggle("with-card", shown.length > 0);
  document.body.classList.toggle("with-sketch", content.sketch !== undefined);
  card.hidden = shown.length === 0;
  card.replaceChildren(...shown);
  card.setAttribute("aria-label", card.querySelector("h2")?.textContent ?? "");
  card.scrollTop = 0;
  if (focused) card.querySelector<HTMLElement>("h2")?.focus();
}

function parts({ selection, sketch, inside }: CardContent, codes: CodeBook, speaker: Speaker, actions: CardBoxActions): Node[] {
  const { close, zoom, openParcel } = actions;
  if (sketch) {
    const drawing = { close, openParcel, finish: () => sketch.finish(), undo: () => sketch.undo() };
    return sketchCard(sketch, inside, codes, speaker, drawing);
  }
  if (!selection) return [];
  if ("parcel" in selection) return parcelCard(selection.parcel, selection.also, codes, speaker, { close, zoom });
  return featuresCard(selection.features, codes, speaker, { close });
}
