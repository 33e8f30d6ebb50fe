import type { Snapshot } from '../player/player.js';
import { Chart, type ChartSpecification } from './chart.js';

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

/** A chart and how it takes what is new. A snapshot of another run clears it. */
export function viewOf(
  specification: ChartSpecification,
  { push, clear }: Pick<View, 'push' | 'clear'>,
): View {
  const chart = new Chart(specification);
  let run: number | null = null;
  const empty = () => {
    clear();
    chart.changed();
  };
  return {
    element: chart.element,
    push(snapshot) {
      if (run !== null && snapshot.run !== run) clear();
      run = snapshot.run;
      push(snapshot);
      chart.changed();
    },
    clear: empty,
    toSvg: () => chart.toSvg(),
    toPng: () => chart.toPng(),
    destroy: () => chart.destroy(),
  };
}
