import { FIGURES, type FigureName } from './registry.js';
import type { Window } from './window.js';

/**
 * Figures of a window of time, JSON-able. **Exact** ones come from the events themselves, **grid** ones
 * from the rates of all servers at the times of the recording grid. `null`: nothing to tell (no time
 * passed, no task left, no grid time).
 */
export interface Figures {
  /** exact counts: tasks that came, were dropped and left; candidates of the thinning, rejected ones included */
  events: { arrivals: number; dropped: number; departures: number; candidates: number };
  /** grid: rates pooled over servers and time; quantiles from bins of relative width 2^−14, interpolated */
  serviceRate: {
    mean: number | null;
    sd: number | null;
    p05: number | null;
    p50: number | null;
    p95: number | null;
  };
  /** exact: time average of busy servers / n */
  busyFraction: number | null;
  /** exact: dropped / arrivals */
  blockingProbability: number | null;
  /** exact: departures per server per unit time */
  throughput: number | null;
  /** exact integrals, Little's law: meanQueueLength / throughput */
  meanSojournTime: number | null;
  /** exact: time average of tasks per server, waiting and in service */
  meanQueueLength: number | null;
  /** exact: time and server average of I_v */
  meanIdleSignal: number | null;
  /** terms of (2.1): delay = λ g(1 / meanSojournTime), exact; power = time and server average of h(μ), grid */
  cost: { delay: number | null; power: number | null; total: number | null };
}

/** The figures' names, which are their paths in `Figures`. */
export const FIGURE_NAMES: readonly FigureName[] = FIGURES.map(({ name }) => name);

/** Names of the headline figures, which a precision target is about. */
export const HEADLINE_FIGURES: readonly FigureName[] = FIGURES.filter(
  ({ headline }) => headline,
).map(({ name }) => name);

/** All figures of a window. */
export function figuresOf(window: Window): Figures {
  const { start, end } = window;
  const figures: Record<string, unknown> = {
    events: {
      arrivals: end.arrivals - start.arrivals,
      dropped: end.dropped - start.dropped,
      departures: end.departures - start.departures,
      candidates: end.candidates - start.candidates,
    },
  };
  for (const { name, value } of FIGURES) {
    const [head, field] = name.split('.') as [string, string?];
    if (field === undefined) {
      figures[head] = value(window);
    } else {
      figures[head] ??= {};
      (figures[head] as Record<string, unknown>)[field] = value(window);
    }
  }
  return figures as unknown as Figures;
}

/** One figure by name. */
export function figureOf(figures: Figures, name: FigureName): number | null {
  return name
    .split('.')
    .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], figures) as
    | number
    | null;
}

/** Accepted arrivals and departures. */
export function acceptedEvents({ arrivals, dropped, departures }: Figures['events']): number {
  return arrivals - dropped + departures;
}

/** Paths of the numbers in `Figures`, but for the counts. */
type Paths<T> = {
  [K in keyof T & string]: T[K] extends number | null ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** Fails to compile unless every figure of the registry is documented in `Figures`, and every one there is computed. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const documented: Same<FigureName, Paths<Omit<Figures, 'events'>>> = true;
void documented;
