// Light or dark: as the device asks, unless somebody chose otherwise.

import type { StyleEntry } from "./api";

export type Shade = "light" | "dark";

export const isShade = (text: unknown): text is Shade => text === "light" || text === "dark";

export class Shading {
  private readonly device = matchMedia("(prefers-color-scheme: dark)");

  /**
   * `chosen` is what an address says; `follows`: whether the device is asked at all. A frame in somebody's
   * page is light like most pages, whatever the device prefers.
   */
  constructor(
    private chosen: Shade | undefined,
    private readonly follows: boolean,
    changed: () => void,
  ) {
    this.apply();
    this.device.addEventListener("change", () => {
      if (this.chosen !== undefined || !this.follows) return;
      this.apply();
      changed();
    });
  }

  get shade(): Shade {
    return this.chosen ?? this.preferred;
  }

  /** What an address must say; nothing where the device says the same. */
  get written(): Shade | undefined {
    return this.chosen;
  }

  choose(shade: Shade | undefined): void {
    this.chosen = shade === this.preferred ? undefined : shade;
    this.apply();
  }

  /** The id under which a style has these colours. */
  styleOf(style: StyleEntry | undefined, id: string): string {
    return style?.variants?.find((variant) => variant.variant === this.shade)?.id ?? id;
  }

  private get preferred(): Shade {
    return this.follows && this.device.matches ? "dark" : "light";
  }

  private apply(): void {
    document.documentElement.dataset["shade"] = this.shade;
  }
}
