import type { Histogram } from '../engine/histogram.js';
import type { Tally } from './tally.js';

/** What happened between two moments: figures are functions of it. */
export interface Window {
  start: Tally;
  end: Tally;
  /** rates of the window's grid times, pooled over servers */
  rates: Histogram;
  system: System;
}

/** What the figures need to know of the system. */
export interface System {
  servers: number;
  /** time average of λ over a window, within which it may have been changed by hand */
  meanArrivalRate: (from: number, until: number) => number;
  g: (x: number) => number;
}
