// Bars of a table: one a row, as long as its hectares.

import { svgElement } from "./dom";

export interface Bar {
  label: string;
  value: number;
  /** The value as it is written. */
  text: string;
  color: string;
}

const ROW = 26;
const WIDE = 640;
/** Of a phone: writing must not shrink with the drawing. */
const NARROW = 340;
const FIGURES = 80;

/** A drawing that scales with its place; screen readers have the table beside it. */
export function barChart(bars: Bar[], title: string): SVGElement {
  const full = innerWidth <= 600 ? NARROW : WIDE;
  const labels = full * 0.3;
  const most = Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
  const height = bars.length * ROW + 6;
  const chart = svgElement("svg", { class: "chart", viewBox: `0 0 ${full} ${height}`, role: "img", "aria-label": title });
  bars.forEach((bar, place) => {
    const y = place * ROW + 3;
    const width = Math.max((full - labels - FIGURES) * (bar.value / most), bar.value > 0 ? 1 : 0);
    const middle = y + ROW / 2;
    chart.append(
      svgElement("text", { x: labels - 8, y: middle, "text-anchor": "end", "dominant-baseline": "central" }, shortened(bar.label, labels)),
      svgElement("rect", { x: labels, y: y + 3, width, height: ROW - 8, fill: bar.color, stroke: "#5c5348", "stroke-width": 0.5 }),
      svgElement("text", { x: labels + width + 6, y: middle, "dominant-baseline": "central" }, bar.text),
    );
  });
  return chart;
}

/** As much of a name as fits before the bars; Han characters are twice as wide. */
function shortened(label: string, room: number): string {
  const most = room / 7;
  let width = 0;
  let shown = "";
  for (const letter of label) {
    width += (letter.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1;
    if (width > most) return `${shown}…`;
    shown += letter;
  }
  return shown;
}
