// Whether the page is still at work, for people (a thin bar) and for tests (`data-state`).
//
// `loading` before the first map, `busy` while something is fetched or drawn, `idle` when map,
// legend and card all show what they should, `error` when they cannot.

let pending = 0;
let drawing = true;
let failed = false;
let waiting: (() => void)[] = [];

/** Counts a promise as work until it settles. */
export async function during<T>(work: Promise<T>): Promise<T> {
  pending += 1;
  show();
  try {
    return await work;
  } finally {
    pending -= 1;
    show();
  }
}

/** Says whether the map is drawing or waiting for tiles. */
export function setDrawing(now: boolean): void {
  drawing = now;
  show();
}

/** Says that the page cannot show what it should. */
export function setFailed(now: boolean): void {
  failed = now;
  show();
}

/** Settles as soon as there is no work left. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    show();
  });
}

function show(): void {
  const resting = pending === 0 && !drawing;
  const before = document.body.dataset["state"];
  const busy = before === "loading" ? "loading" : "busy";
  document.body.dataset["state"] = failed ? "error" : resting ? "idle" : busy;
  if (failed || resting) {
    const settled = waiting;
    waiting = [];
    for (const resolve of settled) resolve();
  }
}
