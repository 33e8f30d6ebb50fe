/** The page's side of a simulation that runs in a worker: commands go there, snapshots come back. */
import type { Change, CompleteConfig, SimulationConfig } from '../../src/index.js';
import type { Speed } from '../../src/run/speed.js';

/** Columns of a recording, one entry a row. */
export interface Rows {
  time: Float64Array;
  /** rates over all servers */
  mean: Float64Array;
  /** 5 % quantile of the rates */
  low: Float64Array;
  median: Float64Array;
  /** 95 % quantile of the rates */
  high: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** fraction of servers busy */
  busy: Float64Array;
  /** tasks per server, in service included */
  meanQueue: Float64Array;
  maxQueue: Float64Array;
  /** what the present rates cost by objective (2.1): delay + power */
  cost: Float64Array;
  delay: Float64Array;
  power: Float64Array;
}

/** What theory says of the present load; null where it says nothing. */
export interface Markers {
  /** μ* */
  optimal: number | null;
  /** where the rates of these n servers settle for large m */
  fixedPoint: number | null;
  /** where 90 % of the rates are in the long run */
  band: Band | null;
  /** λ g(μ*) + h(μ*) */
  optimalCost: number | null;
}

export interface Band {
  low: number;
  high: number;
  /** of the law of one server's rate */
  mean: number;
  sd: number;
  skewness: number;
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
  /** of at most 300 servers, the same ones throughout */
  rates: Float64Array;
  histogram: Histogram;
  markers: Markers;
}

/** Present rates of all servers, in equal bins. */
export interface Histogram {
  from: number;
  to: number;
  counts: Float64Array;
}

/** Everything recorded, for downloads: rows thinned so that they stay few. */
export interface TrajectoryData {
  config: CompleteConfig;
  stateHash: string;
  rows: Rows;
}

/** What may change while a simulation runs. */
export type Update = Pick<Change, 'arrivalRate' | 'inverseStepSize' | 'cost'>;

export interface PlayerError {
  /** place in the configuration, if that is to blame */
  field: string | null;
  message: string;
}

export class Player {
  constructor(
    readonly onSnapshot: (snapshot: Snapshot) => void,
    readonly onError: (error: PlayerError) => void,
  ) {}

  /** From t = 0, running; there is no end. */
  start(_config: SimulationConfig): void {
    throw new Error('not yet');
  }

  pause(): void {}

  resume(): void {}

  /** Runs for a time, then pauses. */
  step(_duration: number): void {}

  /** Units of simulated time per second of the wall clock. */
  speed(_unitsPerSecond: number | 'max'): void {}

  /** From now on. */
  update(_change: Update): void {}

  /** From t = 0 with the present λ, m and cost. */
  restart(_seed?: string | number): void {}

  data(): Promise<TrajectoryData> {
    throw new Error('not yet');
  }

  /** Measures the engine on this machine. */
  benchmark(): Promise<Speed> {
    throw new Error('not yet');
  }

  end(): void {}
}
