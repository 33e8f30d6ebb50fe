/** The page's side of a simulation that runs in a worker: commands go there, snapshots come back. */
import {
  type CompleteConfig,
  type SimulationConfig,
  validateConfig,
} from '../../src/config/config.js';
import { ConfigError } from '../../src/errors.js';
import type { Speed } from '../../src/run/speed.js';
import { Oracle } from './oracle.js';
import type { FromWorker, Look, Pace, Port, ToWorker, Update } from './protocol.js';
import type { Histogram } from './rates.js';
import { Recording, type Row, type Rows } from './rows.js';
import type { Band } from './theory.js';

export type { Pace, Update } from './protocol.js';
export type { Rows } from './rows.js';
export type { Band } from './theory.js';

/** What theory says of the present load; null where it says nothing. */
export interface Markers {
  /** since when the load is as it is */
  since: number;
  /** μ* */
  optimal: number | null;
  /** λ g(μ*) + h(μ*) */
  optimalCost: number | null;
  /** where the rates of these n servers settle for large m */
  fixedPoint: number | null;
  /** where 90 % of the rates are in the long run */
  band: Band | null;
  /** why there is no band, as the end of a sentence */
  reason: string | null;
}

export interface Snapshot {
  /** counts the starts; snapshots of an earlier one are dropped */
  run: number;
  time: number;
  events: number;
  eventsPerSecond: number;
  running: boolean;
  finished: boolean;
  /** repeats the run so far: it ends at the present time and has what was changed by hand in its schedule */
  config: CompleteConfig;
  /** when paused */
  stateHash: string | null;
  /** rows since the last snapshot */
  rows: Rows;
  /** a row of the present moment */
  now: Row;
  /** of at most 300 servers, the same ones throughout */
  rates: Float64Array;
  /** of the present rates of all servers */
  histogram: Histogram;
  markers: Markers;
}

/** Everything recorded, for downloads: rows thinned so that they stay few. */
export interface TrajectoryData {
  config: CompleteConfig;
  stateHash: string;
  rows: Rows;
}

export interface PlayerError {
  /** place in the configuration, if that is to blame */
  field: string | null;
  /** without the field */
  message: string;
}

type Line = Port<ToWorker, FromWorker>;

/**
 * One simulation that is watched and steered. Every start has a worker of its own: what ran before ends at once, whatever it
 * is busy with, and gives all of its memory back.
 */
export class Player {
  readonly #onSnapshot: (snapshot: Snapshot) => void;
  readonly #onError: (error: PlayerError) => void;
  readonly #connect: () => Line;
  readonly #oracle: Oracle;
  #line: Line | null = null;
  #runs = 0;
  #pace: Pace = 'max';
  /** what a restart starts: as given, with the present λ, m and cost */
  #present: CompleteConfig | null = null;
  /** what repeats the run, but for its end */
  #config: CompleteConfig | null = null;
  #running = false;
  #last: Look | null = null;
  /** what has not been sent yet, while the worker is busy with an update */
  #changes: Update | null = null;
  #updating = false;
  #waiting: ((data: TrajectoryData) => void)[] = [];

  /** @param connect how to reach a new worker; default the file `worker.js` beside the page */
  constructor(
    onSnapshot: (snapshot: Snapshot) => void,
    onError: (error: PlayerError) => void,
    connect: () => Line = startWorker,
  ) {
    this.#onSnapshot = onSnapshot;
    this.#onError = onError;
    this.#connect = connect;
    this.#oracle = new Oracle(connect, () => this.#tellAgain());
  }

  /** From t = 0, running; there is no end, but it may pause at a time. */
  start(config: SimulationConfig, until?: number): void {
    this.#try(() => this.#begin(validateConfig(config), until));
  }

  pause(): void {
    this.#line?.post({ type: 'pause' });
  }

  resume(): void {
    this.#line?.post({ type: 'resume' });
  }

  /** Runs for a time, then pauses. */
  step(duration: number): void {
    this.#line?.post({ type: 'step', duration });
  }

  /** Units of simulated time per second of the wall clock. */
  speed(unitsPerSecond: Pace): void {
    this.#pace = unitsPerSecond;
    this.#line?.post({ type: 'pace', pace: unitsPerSecond });
  }

  /** From now on; what follows within a tenth of a second is one change. */
  update(change: Update): void {
    const before = this.#present;
    if (!before) return;
    this.#try(() => {
      if (before.period !== undefined) {
        throw new ConfigError('period', 'is given; a load that repeats cannot be steered by hand');
      }
      const cost = { ...before.cost, ...change.cost };
      const present = validateConfig({ ...before, ...change, cost });
      this.#present = present;
      this.#changes = { ...this.#changes, ...change, ...(change.cost && { cost }) };
      this.#sendChanges();
    });
  }

  /** From t = 0 with the present λ, m and cost. */
  restart(seed?: string | number): void {
    const present = this.#present;
    if (!present) return;
    this.#try(() =>
      this.#begin(seed === undefined ? present : validateConfig({ ...present, seed })),
    );
  }

  /** Everything recorded. */
  data(): Promise<TrajectoryData> {
    if (!this.#line) return Promise.reject(new Error('nothing has been started'));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#line?.post({ type: 'data' });
    });
  }

  /** Measures the engine on this machine, about 100, 10,000 and 1,000,000 servers; the run waits meanwhile. */
  async benchmark(
    seconds = 6,
    onProgress: (fraction: number) => void = () => {},
  ): Promise<Speed[]> {
    const line = this.#connect();
    const goOn = this.#running;
    if (goOn) this.pause();
    try {
      return await new Promise<Speed[]>((resolve, reject) => {
        line.listen(
          (message) => {
            if (message.type === 'progress') onProgress(message.fraction);
            if (message.type === 'speeds') resolve(message.speeds);
            if (message.type === 'error') reject(new Error(message.message));
          },
          (why) => reject(new Error(why)),
        );
        line.post({ type: 'benchmark', seconds });
      });
    } finally {
      line.end();
      if (goOn) this.resume();
    }
  }

  end(): void {
    this.#runs++;
    this.#line?.end();
    this.#line = null;
    this.#oracle.end();
  }

  #begin(config: CompleteConfig, until?: number): void {
    this.#line?.end();
    this.#oracle.forget();
    const run = ++this.#runs;
    const line = this.#connect();
    this.#line = line;
    this.#present = config;
    this.#config = null;
    this.#last = null;
    this.#changes = null;
    this.#updating = false;
    this.#running = true;
    line.listen(
      (message) => {
        if (run === this.#runs) this.#hear(run, line, message);
      },
      (why) => {
        if (run === this.#runs) this.#onError({ field: null, message: why });
      },
    );
    line.post({ type: 'start', config, pace: this.#pace, ...(until !== undefined && { until }) });
    if (this.#waiting.length > 0) line.post({ type: 'data' }); // whoever asked the run before
  }

  #hear(run: number, line: Line, message: FromWorker): void {
    switch (message.type) {
      case 'snapshot':
        line.post({ type: 'received' });
        this.#last = message.look;
        this.#onSnapshot(this.#complete(run, message.look));
        return;
      case 'data': {
        const { rows, stateHash, time } = message;
        const config = endingAt(this.#config as CompleteConfig, time);
        for (const resolve of this.#waiting.splice(0)) resolve({ config, stateHash, rows });
        return;
      }
      case 'updated':
        this.#updating = false;
        this.#sendChanges();
        return;
      case 'error':
        this.#onError({ field: message.field, message: message.message });
    }
  }

  /** All that came while the worker was busy with an update is one. */
  #sendChanges(): void {
    if (this.#updating || !this.#changes) return;
    this.#line?.post({ type: 'update', change: this.#changes });
    this.#changes = null;
    this.#updating = true;
  }

  /** Theory has said something: a run that stands still would not show it. */
  #tellAgain(): void {
    if (!this.#last || this.#last.running) return;
    const { rows } = new Recording();
    this.#onSnapshot(this.#complete(this.#runs, { ...this.#last, rows }));
  }

  #complete(run: number, { load, config: told, ...look }: Look): Snapshot {
    this.#config = told ?? (this.#config as CompleteConfig);
    this.#running = look.running;
    const known = (x: number) => (Number.isNaN(x) ? null : x);
    return {
      run,
      ...look,
      config: endingAt(this.#config, look.time),
      markers: {
        since: load.since,
        optimal: known(look.now.optimal),
        optimalCost: known(look.now.optimalCost),
        ...this.#oracle.about(this.#config, load),
      },
    };
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ConfigError) {
        const message = error.message.slice(error.field.length + 2);
        this.#onError({ field: error.field, message });
      } else if (error instanceof DOMException && error.name === 'DataCloneError') {
        const message = 'code cannot be handed to a worker; give the cost as an expression in x';
        this.#onError({ field: 'cost', message });
      } else {
        throw error;
      }
    }
  }
}

/** The configuration of a run that ends at `time`; grid and warm-up lie within it. */
function endingAt(config: CompleteConfig, time: number): CompleteConfig {
  const horizon = time > 0 ? time : config.horizon;
  const { warmup, record } = config;
  return {
    ...config,
    horizon,
    warmup: warmup === 'auto' ? warmup : Math.min(warmup, horizon),
    record: { ...record, interval: Math.min(record.interval, horizon) },
  };
}

function startWorker(): Line {
  const worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen(onMessage, onDeath) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = (event) => {
        event.preventDefault();
        onDeath?.(event.message || 'the worker could not be started');
      };
    },
    end: () => worker.terminate(),
  };
}
