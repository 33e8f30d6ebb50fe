/** Lays out the linear memory of one simulation: which region lies where, and how much it takes. */
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, isFamilyCost } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { costTableCells } from './cost-table.js';
import {
  BUCKET_BYTES,
  CELL_BYTES,
  COLUMN_QUANTILES,
  EXACT_QUANTILE_SERVERS,
  HISTOGRAM_DIRECTORY_ENTRIES,
  HISTOGRAM_PAGE_BYTES,
  HISTOGRAM_PAGES_PER_OCTAVE,
  HISTOGRAM_PAGES_TAKEN,
  LANES_BYTES,
  RECORD_BYTES,
  SERIES_BYTES,
  STATE_BYTES,
  TAG_BYTES,
  ZIGGURAT_BYTES,
} from './layout.js';
import { largestRate, octavesOfRates } from './rates.js';
import type { StateBlock } from './state.js';

export const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;

/** Addresses and lengths in bytes; every region begins on a cache line. */
export interface MemoryPlan {
  state: number;
  lanes: number;
  observationLanes: number;
  ziggurat: number;
  series: number;
  quantileLevels: number;
  watchedIds: number;
  watchedBits: number;
  tags: number;
  tagLists: number;
  /** cells of a tabulated cost, `costCells` of them */
  costTable: number;
  /** directories of histograms: of the rates pooled over time, and of a row's, beyond EXACT_QUANTILE_SERVERS */
  rateHistogram: number;
  rowHistogram: number;
  records: number;
  /** `histogramPages` pages for both histograms, and one that is never read; used from the front on */
  histogramPool: number;
  /** rates of a row, and what finds its quantiles, up to EXACT_QUANTILE_SERVERS */
  rowRates: number;
  /** `columns` f64 columns of `rows` each */
  trajectory: number;
  /** one column of `rows` for each recorded server: f64 rates, u32 queue lengths */
  watchedRates: number;
  watchedTasks: number;
  columns: number;
  /** rows of the recording grid */
  rows: number;
  /** recorded servers */
  watched: number;
  costCells: number;
  histogramPages: number;
  /** address behind the last region */
  end: number;
  pages: number;
}

/**
 * Plans the memory of a run. Regions from the pool of pages on need not be empty before a run; those that grow
 * with the horizon come last, and nothing else depends on it.
 * @param base first address the host may use
 * @throws {ConfigError} if servers, or the recording, do not fit in 4 GiB
 */
export function planMemory(config: CompleteConfig, cost: CostFunctions, base: number): MemoryPlan {
  const { servers, horizon, record } = config;
  const rows = Math.floor(horizon / record.interval + 1e-9) + 1;
  const watched = record.servers === 'all' ? servers : record.servers.length;
  const columns = COLUMN_QUANTILES + record.quantiles.length;
  const exact = servers <= EXACT_QUANTILE_SERVERS;
  const costCells = isFamilyCost(config.cost) ? 0 : costTableCells(cost, largestRate(config, cost));
  const histograms = exact ? 1 : 2;
  const directory = 4 * HISTOGRAM_DIRECTORY_ENTRIES;
  const histogramPages = histograms * HISTOGRAM_PAGES_PER_OCTAVE * octavesOfRates(config, cost);

  let end = base;
  const region = (bytes: number): number => {
    const address = Math.ceil(end / 64) * 64;
    end = address + bytes;
    return address;
  };
  const plan = {
    state: region(STATE_BYTES),
    lanes: region(LANES_BYTES),
    observationLanes: region(LANES_BYTES),
    ziggurat: region(ZIGGURAT_BYTES),
    series: region(SERIES_BYTES),
    quantileLevels: region(8 * record.quantiles.length),
    watchedIds: region(4 * watched),
    watchedBits: region(watched > 0 ? Math.ceil(servers / 8) : 0),
    tags: region(TAG_BYTES * record.sojourns),
    tagLists: region(record.sojourns > 0 ? 4 * servers : 0),
    costTable: region(CELL_BYTES * costCells),
    rateHistogram: region(directory),
    rowHistogram: region(exact ? 0 : directory),
    records: region(RECORD_BYTES * servers),
    histogramPool: region(HISTOGRAM_PAGE_BYTES * (histogramPages + 1)),
    rowRates: region(exact ? 17 * (servers + 15) + BUCKET_BYTES : 0),
  };
  const withoutRecording = end;
  const growing = {
    trajectory: region(8 * columns * rows),
    watchedRates: region(8 * watched * rows),
    watchedTasks: region(4 * watched * rows),
  };
  const pages = Math.ceil(end / PAGE_BYTES);
  if (withoutRecording > MAX_PAGES * PAGE_BYTES) {
    throw new ConfigError(
      'servers',
      `got ${servers}; ${gigabytes(withoutRecording)} are needed and the engine's memory ends at 4 GiB; reduce servers`,
    );
  }
  if (pages > MAX_PAGES) {
    throw new ConfigError(
      watched * 12 > columns * 8 ? 'record.servers' : 'record.interval',
      `${rows} rows of ${columns} columns and ${watched} servers do not fit: ${gigabytes(end)} are needed and ` +
        'the engine’s memory ends at 4 GiB; record fewer servers or choose a longer interval',
    );
  }
  return { ...plan, ...growing, columns, rows, watched, costCells, histogramPages, end, pages };
}

/**
 * Where a run's present state ends: all that precedes, from the state block on, and the recorded rows decide what
 * follows and what is known. What lies between is scratch.
 */
export function endOfUse(plan: MemoryPlan, state: StateBlock): number {
  return plan.histogramPool + HISTOGRAM_PAGE_BYTES * state.getU32(HISTOGRAM_PAGES_TAKEN);
}

/**
 * Zeroed shared memory of that many pages, able to grow up to 4 GiB.
 * @throws {ConfigError} if the machine does not have it
 * @internal
 */
export function allocateMemory(pages: number, available: number): WebAssembly.Memory {
  const bytes = pages * PAGE_BYTES;
  if (bytes > available) {
    throw new ConfigError(
      'servers',
      `the run needs ${gigabytes(bytes)} of memory and ${gigabytes(available)} are free; reduce servers or the recording`,
    );
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
  } catch {
    throw noAddresses(bytes);
  }
}

/** V8 reserves addresses for all that a memory may grow to, and for guards around it, however little is used. */
export function noAddresses(bytes: number): ConfigError {
  return new ConfigError(
    'memory',
    `this process cannot reserve the 10 GiB of addresses that WebAssembly asks for, although the run needs only ${gigabytes(bytes)} of memory; ` +
      'raise the limit on its address space (ulimit -v unlimited)',
  );
}

function gigabytes(bytes: number): string {
  return bytes < 2 ** 29
    ? `${Math.ceil(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
