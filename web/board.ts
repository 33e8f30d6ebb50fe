/** One run: its player, its charts and its figures. */
import type { CompleteConfig, SimulationConfig } from '../src/index.js';
import { h, show } from './html.js';
import { Player, type PlayerError, type Snapshot, type Update } from './player/player.js';
import { activityView, costView, histogramView, rateView, type View } from './views/index.js';

const CHARTS: readonly [name: string, title: string, make: typeof rateView, height: number][] = [
  ['rates', 'Service rates', rateView, 300],
  ['histogram', 'Rates now', histogramView, 220],
  ['activity', 'Busy servers and queues', activityView, 220],
  ['cost', 'Cost', costView, 220],
];

const FIGURES = {
  time: ['time', 'in units of the mean service requirement of a task'],
  mean: ['mean rate', 'over all servers, now'],
  optimal: ['optimum μ*', 'the best rate of infinitely many servers at the present load'],
  fixedPoint: ['fixed point', 'where the mean rate of this many servers settles for large m'],
  busy: ['busy', 'servers with a task, now'],
  queue: ['longest queue', 'tasks at the server that has most, now'],
  cost: ['cost', 'by objective (2.1), of late'],
  excess: ['excess cost', 'how much more that is than the least possible cost'],
  speed: ['events / second', 'accepted arrivals and departures that this machine simulates'],
} as const;

export interface BoardEvents {
  snapshot(snapshot: Snapshot): void;
  error(error: PlayerError): void;
}

export class Board {
  readonly element: HTMLElement;
  readonly player: Player;
  readonly views: readonly [name: string, view: View][];
  /** the last one of the present run */
  snapshot: Snapshot | null = null;
  /** the figures of the last row */
  latest: Record<string, number> = {};
  readonly #figures: Record<keyof typeof FIGURES, HTMLElement>;

  constructor(
    readonly name: string,
    events: BoardEvents,
  ) {
    this.views = CHARTS.map(([name, title, make, height]) => [name, make({ title, height })]);
    const figures = Object.entries(FIGURES).map(([key, [title, hint]]) => {
      const value = h('dd', { 'data-figure': key }, '–');
      return { key, value, element: h('div', { title: hint }, h('dt', {}, title), value) };
    });
    this.#figures = Object.fromEntries(figures.map(({ key, value }) => [key, value])) as never;
    this.element = h(
      'section',
      { class: 'board', 'aria-label': `Setting ${name}` },
      h('h3', { class: 'board-name' }, `Setting ${name}`),
      h('dl', { class: 'figures' }, ...figures.map(({ element }) => element)),
      h(
        'div',
        { class: 'charts' },
        ...this.views.map(([name, { element }]) => card(name, element)),
      ),
    );
    this.player = new Player(
      (snapshot) => {
        this.#show(snapshot);
        events.snapshot(snapshot);
      },
      (error) => events.error(error),
    );
  }

  start(config: SimulationConfig, until?: number): void {
    this.clear();
    this.player.start(config, until);
  }

  update(change: Update): void {
    this.player.update(change);
  }

  clear(): void {
    this.snapshot = null;
    this.latest = {};
    for (const [, view] of this.views) view.clear();
  }

  end(): void {
    this.player.end();
    for (const [, view] of this.views) view.destroy();
    this.element.remove();
  }

  /** What repeats the run so far. */
  get config(): CompleteConfig | null {
    return this.snapshot?.config ?? null;
  }

  #show(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const [, view] of this.views) view.push(snapshot);
    const { rows, markers, time, eventsPerSecond, running } = snapshot;
    const last = rows.time.length - 1;
    if (last >= 0) {
      for (const name of ['mean', 'busy', 'maxQueue', 'cost'] as const) {
        this.latest[name] = rows[name][last] as number;
      }
    }
    const { mean, busy, maxQueue, cost } = this.latest;
    this.#say('time', show(time, 4));
    this.#say('mean', show(mean, 4));
    this.#say('optimal', show(markers.optimal, 4));
    this.#say('fixedPoint', show(markers.fixedPoint, 4));
    this.#say('busy', busy === undefined ? '–' : `${show(100 * busy, 3)} %`);
    this.#say('queue', maxQueue === undefined ? '–' : show(maxQueue, 1));
    this.#say('cost', show(cost, 4));
    this.#say('excess', excess(cost, markers.optimalCost));
    this.#say('speed', running ? show(Number(eventsPerSecond.toPrecision(2)), 2) : '–');
  }

  #say(figure: keyof typeof FIGURES, text: string): void {
    const element = this.#figures[figure];
    if (element.textContent !== text) element.textContent = text;
  }
}

function card(name: string, element: HTMLElement): HTMLElement {
  return h('div', { class: `card card-${name}` }, element);
}

/** `+0.3 %` */
function excess(cost: number | undefined, optimal: number | null): string {
  if (cost === undefined || !optimal) return '–';
  const percent = 100 * (cost / optimal - 1);
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}
