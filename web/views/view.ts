import type { Snapshot } from '../player/player.js';

/** A live chart of a simulation. */
export interface View {
  element: HTMLElement;
  push(snapshot: Snapshot): void;
  /** for a new run */
  clear(): void;
  toSvg(): string;
  toPng(): Promise<Blob>;
  destroy(): void;
}

export interface ViewOptions {
  /** above the chart, and at the start of its text alternative */
  title?: string;
  /** in CSS pixels, with axes; the width is that of the element */
  height?: number;
}
