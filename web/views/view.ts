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
  /** title above the chart, and the start of its text alternative */
  title?: string;
  /** height in CSS pixels; the width is that of the parent element */
  height?: number;
  /** end of the rate axis at the start, so that two views can be compared */
  range?: [number, number];
}
