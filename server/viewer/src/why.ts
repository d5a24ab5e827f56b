// Why a parcel is what it is, in a sentence a rule; asked for when somebody opens it.

import * as api from "./api";
import { element } from "./dom";
import type { Speaker } from "./words";

export function whyElement(key: string, speaker: Speaker): HTMLElement {
  const body = element("div", { class: "why" });
  const details = element("details", { class: "feature" }, element("summary", { text: speaker.say("why") }), body);
  let asked = false;
  details.addEventListener("toggle", () => {
    if (asked || !details.open) return;
    asked = true;
    body.replaceChildren(element("p", { class: "quiet", text: speaker.say("loading") }));
    api.explain(key).then(
      ({ steps }) => body.replaceChildren(...steps.map((step) => sentence(step, speaker))),
      () => {
        asked = false;
        body.replaceChildren(element("p", { class: "quiet", text: speaker.say("refused") }));
      },
    );
  });
  return details;
}

function sentence(step: api.Step, speaker: Speaker): HTMLElement {
  const said = element("p", {}, element("span", { text: speaker.pick(step.sentence) }), element("span", { class: "quiet", text: ` ${step.rule} · ${step.section}` }));
  said.dataset["rule"] = step.rule;
  return said;
}
