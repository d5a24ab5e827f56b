// A line that says what is the matter, with a way out where there is one.

import { element } from "./dom";
import type { Speaker, Word } from "./words";

export class Message {
  private shown: { word: Word; detail: string; retry: (() => void) | undefined } | undefined;

  constructor(
    private readonly box: HTMLElement,
    private speaker: Speaker,
  ) {}

  get isShown(): boolean {
    return this.shown !== undefined;
  }

  get word(): Word | undefined {
    return this.shown?.word;
  }

  show(word: Word, retry?: () => void, detail = ""): void {
    this.shown = { word, detail, retry };
    this.render();
  }

  clear(): void {
    this.shown = undefined;
    this.render();
  }

  speak(speaker: Speaker): void {
    this.speaker = speaker;
    this.render();
  }

  private render(): void {
    const { shown, speaker, box } = this;
    box.hidden = shown === undefined;
    if (!shown) return box.replaceChildren();
    const button = shown.retry
      ? element("button", { attributes: { type: "button" }, text: speaker.say("retry"), on: { click: shown.retry } })
      : "";
    box.replaceChildren(element("p", { text: speaker.say(shown.word) + shown.detail }), button);
  }
}
