/** Lays out the linear memory of one simulation: which region lies where, and how much it takes. */
import type { CompleteConfig } from '../config/config.js';
import { ConfigError } from '../errors.js';
import { serviceLaw } from '../service/law.js';
import { gigabytes, MAX_PAGES, PAGE_BYTES } from './allocate.js';
import { costTableCells } from './cost-table.js';
import { type RunCosts, tabulatedCosts } from './costs.js';
import {
  BUCKET_BYTES,
  CELL_BYTES,
  CHANGE_BYTES,
  CLASS_BYTES,
  CLASS_OF,
  CLASSES,
  COLUMN_QUANTILES,
  EXACT_QUANTILE_SERVERS,
  HISTOGRAM_DIRECTORY_ENTRIES,
  HISTOGRAM_PAGE_BYTES,
  HISTOGRAM_PAGES_PER_OCTAVE,
  HISTOGRAM_PAGES_TAKEN,
  HISTOGRAM_POOL,
  IDLE_QUEUE,
  JUMP_BYTES,
  LANES,
  LANES_BYTES,
  MOST_MEMBERS,
  NOTES_BYTES,
  OBSERVATION_LANES,
  PART_LANES,
  PART_NOTES,
  PART_SERIES,
  PART_STATES,
  PHASE_TALLIES,
  QUANTILE_LEVELS,
  RATE_HISTOGRAM,
  RECORD_BYTES,
  RECORDS,
  ROW_HISTOGRAM,
  ROW_RATES,
  SCHEDULE,
  SERIES,
  SERIES_BYTES,
  SLOTS,
  STATE_BYTES,
  TABLE_BYTES,
  TAG_BYTES,
  TAG_LISTS,
  TAGS,
  TALLY_BYTES,
  TEAM,
  TEAM_BYTES,
  TEAM_HISTOGRAMS,
  TRAJECTORY,
  WATCHED_BITS,
  WATCHED_IDS,
  WATCHED_RATES,
  WATCHED_TASKS,
  WORK,
  WORK_BYTES,
  WORK_PHASE_OF,
  ZIGGURAT,
  ZIGGURAT_BYTES,
} from './layout.js';
import { partitioning } from './partitions.js';
import { largestRate, octavesOfRates } from './rates.js';
import type { StateBlock } from './state.js';

/** Left for the recording, of whatever horizon, where servers fill the memory. */
const RECORDING_ROOM = 2 ** 20;

/** What the lengths of regions depend on. */
interface Sizes {
  servers: number;
  /** rows of the recording grid, and f64 columns of each */
  rows: number;
  columns: number;
  quantiles: number;
  /** recorded servers */
  watched: number;
  /** tasks that can be tagged */
  tagRoom: number;
  /** tabulated costs, and cells of each */
  tables: number;
  costCells: number;
  classCount: number;
  /** of the work; 0 for exponential work */
  workPhases: number;
  /** whether servers are found by id */
  findsById: boolean;
  /** whether idle servers queue */
  queuesIdle: boolean;
  /** in the schedule */
  changes: number;
  /** of the period */
  phases: number;
  /** partitions, and sets of lanes of each; 0 for a system that is run as a whole */
  parts: number;
  partSets: number;
  /** events to be expected in a window of theirs */
  partEvents: number;
  /** by which the number of idle servers hardly changes in one */
  partDeviations: number;
  /** for the histograms of rates */
  histogramPages: number;
}

interface Region {
  /** field of the state block with its address, if the kernel looks there */
  field: number | null;
  bytes: (sizes: Sizes) => number;
}

const region = (field: number | null, bytes: Region['bytes']): Region => ({ field, bytes });

/** A table with its cells. */
export const tableBytes = (cells: number) => TABLE_BYTES + CELL_BYTES * cells;

const exact = ({ servers, parts }: Pick<Sizes, 'servers' | 'parts'>) =>
  servers <= EXACT_QUANTILE_SERVERS && parts === 0;

/**
 * Regions in the order of memory. Those from the pool of pages on need not be empty before a run. The pool and the costs' tables
 * grow where a cost is given by hand; nothing that lasts lies between them.
 */
const REGIONS = {
  state: region(null, () => STATE_BYTES),
  lanes: region(LANES, () => LANES_BYTES),
  observationLanes: region(OBSERVATION_LANES, () => LANES_BYTES),
  ziggurat: region(ZIGGURAT, () => ZIGGURAT_BYTES),
  series: region(SERIES, () => SERIES_BYTES),
  quantileLevels: region(QUANTILE_LEVELS, ({ quantiles }) => 8 * quantiles),
  watchedIds: region(WATCHED_IDS, ({ watched }) => 4 * watched),
  watchedBits: region(WATCHED_BITS, ({ watched, servers }) =>
    watched > 0 ? Math.ceil(servers / 8) : 0,
  ),
  tags: region(TAGS, ({ tagRoom }) => TAG_BYTES * tagRoom),
  tagLists: region(TAG_LISTS, ({ tagRoom, servers }) => (tagRoom > 0 ? 4 * servers : 0)),
  classes: region(CLASSES, ({ classCount }) => CLASS_BYTES * classCount),
  classOf: region(CLASS_OF, ({ classCount, servers }) => (classCount > 1 ? servers : 0)),
  /** phases of the work and one for the start, and the jumps from each */
  work: region(WORK, ({ workPhases: k }) =>
    k > 0 ? (k + 1) * (WORK_BYTES + (k + 1) * JUMP_BYTES) : 0,
  ),
  workPhaseOf: region(WORK_PHASE_OF, ({ workPhases, servers }) => (workPhases > 0 ? servers : 0)),
  slots: region(SLOTS, ({ findsById, servers }) => (findsById ? 4 * servers : 0)),
  idleQueue: region(IDLE_QUEUE, ({ queuesIdle, servers }) => (queuesIdle ? 4 * servers : 0)),
  schedule: region(SCHEDULE, ({ changes }) => CHANGE_BYTES * changes),
  phaseTallies: region(PHASE_TALLIES, ({ phases }) => TALLY_BYTES * phases),
  /** directory of the histogram of rates pooled over time */
  rateHistogram: region(RATE_HISTOGRAM, () => 4 * HISTOGRAM_DIRECTORY_ENTRIES),
  /** directory of a row's, where it has no exact quantiles */
  rowHistogram: region(ROW_HISTOGRAM, (sizes) =>
    exact(sizes) ? 0 : 4 * HISTOGRAM_DIRECTORY_ENTRIES,
  ),
  /** one for each thread: there are no more of them than partitions */
  teamHistograms: region(
    TEAM_HISTOGRAMS,
    ({ parts }) => Math.min(parts, MOST_MEMBERS) * 4 * HISTOGRAM_DIRECTORY_ENTRIES,
  ),
  team: region(TEAM, ({ parts }) => (parts > 0 ? TEAM_BYTES : 0)),
  partStates: region(PART_STATES, ({ parts }) => parts * STATE_BYTES),
  partNotes: region(PART_NOTES, ({ parts }) => parts * NOTES_BYTES),
  partSeries: region(PART_SERIES, ({ parts }) => parts * SERIES_BYTES),
  partLanes: region(PART_LANES, ({ parts, partSets }) => parts * (1 + partSets) * LANES_BYTES),
  records: region(RECORDS, ({ servers }) => RECORD_BYTES * servers),
  /** pages of both histograms, used from the front on, and one more that is never read */
  histogramPool: region(
    HISTOGRAM_POOL,
    ({ histogramPages }) => HISTOGRAM_PAGE_BYTES * (histogramPages + 1),
  ),
  /** rates of a row, and what finds its exact quantiles */
  rowRates: region(ROW_RATES, (sizes) =>
    exact(sizes) ? 17 * (sizes.servers + 15) + BUCKET_BYTES : 0,
  ),
  costTables: region(null, ({ tables, costCells }) => tables * tableBytes(costCells)),
};

/** Regions behind those, which move with them, and grow with the horizon. */
const RECORDING = {
  trajectory: region(TRAJECTORY, ({ rows, columns }) => 8 * columns * rows),
  /** one column of `rows` for each recorded server: f64 rates, u32 queue lengths */
  watchedRates: region(WATCHED_RATES, ({ rows, watched }) => 8 * watched * rows),
  watchedTasks: region(WATCHED_TASKS, ({ rows, watched }) => 4 * watched * rows),
};

const ALL_REGIONS = { ...REGIONS, ...RECORDING };

/** Addresses of regions, in bytes. */
type Addresses = { [name in keyof typeof ALL_REGIONS]: number };

/** Where everything lies; every region begins on a cache line. No size has the name of a region. */
export interface MemoryPlan extends Addresses, Sizes {
  /** address behind the last region */
  end: number;
  pages: number;
}

/**
 * As many pages as the rates of the run can need, but no more than there is room for: of the most servers that fit,
 * rates take a few hundred.
 */
function histogramPages(
  config: CompleteConfig,
  sizes: Sizes,
  costs: RunCosts,
  room: number,
): number {
  // pooled, of a row, and of the parts of a row that threads count
  const histograms = (exact(sizes) ? 1 : 2) + (sizes.parts > 0 ? MOST_MEMBERS / 4 : 0);
  const needed = histograms * HISTOGRAM_PAGES_PER_OCTAVE * octavesOfRates(config, costs);
  const possible = Math.floor((room - RECORDING_ROOM) / HISTOGRAM_PAGE_BYTES);
  return Math.max(0, Math.min(needed, possible));
}

/**
 * Plans the memory of a run.
 * @param base first address the host may use
 * @param partitions default: those of the configuration
 * @throws {ConfigError} if servers, or the recording, do not fit in 4 GiB
 */
export function planMemory(
  config: CompleteConfig,
  costs: RunCosts,
  base: number,
  partitions = partitioning(config),
): MemoryPlan {
  const { servers, record, dispatch, service } = config;
  const rows = Math.floor(config.horizon / record.interval + 1e-9) + 1;
  const watched = record.servers === 'all' ? servers : record.servers.length;
  const columns = COLUMN_QUANTILES + record.quantiles.length;
  const tabulated = tabulatedCosts(costs);
  const largest = tabulated.length > 0 ? largestRate(config, costs) : 0;
  const sizes: Sizes = {
    servers,
    rows,
    columns,
    quantiles: record.quantiles.length,
    watched,
    tagRoom: record.sojourns,
    tables: tabulated.length,
    costCells: Math.max(0, ...tabulated.map(({ functions }) => costTableCells(functions, largest))),
    classCount: costs.classes.length,
    workPhases: service === undefined ? 0 : serviceLaw(service).alpha.length,
    findsById: dispatch === 'round-robin' || dispatch === 'longest-idle',
    queuesIdle: dispatch === 'longest-idle',
    changes: config.schedule?.length ?? 0,
    phases: record.phases ?? 0,
    parts: partitions?.parts ?? 0,
    partSets: partitions?.sets ?? 0,
    partEvents: partitions?.events ?? 0,
    partDeviations: partitions?.deviations ?? 0,
    histogramPages: 0,
  };
  const others = Object.values(REGIONS).reduce((sum, { bytes }) => sum + 64 + bytes(sizes), base);
  sizes.histogramPages = histogramPages(config, sizes, costs, MAX_PAGES * PAGE_BYTES - others);

  let end = base;
  const place = (regions: Record<string, Region>) => {
    const addresses: Record<string, number> = {};
    for (const [name, { bytes }] of Object.entries(regions)) {
      const address = Math.ceil(end / 64) * 64;
      addresses[name] = address;
      end = address + bytes(sizes);
    }
    return addresses;
  };
  const fixed = place(REGIONS);
  const withoutRecording = end;
  const growing = place(RECORDING);
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
  return { ...(fixed as Addresses), ...growing, ...sizes, end, pages };
}

/** Pages of histograms that no rate has needed: they take addresses, but no memory. */
export function untouchedBytes(plan: MemoryPlan, state: StateBlock): number {
  return HISTOGRAM_PAGE_BYTES * (plan.histogramPages - state.getU32(HISTOGRAM_PAGES_TAKEN));
}

/** Tells the kernel where its regions lie. */
export function writeAddresses(plan: MemoryPlan, state: StateBlock): void {
  for (const [name, { field }] of Object.entries(ALL_REGIONS)) {
    if (field !== null) state.setU32(field, plan[name as keyof Addresses]);
  }
}

/**
 * Where a run's present state ends: all that precedes, from the state block on, the costs' tables and the recorded rows decide
 * what follows and what is known. What lies between is scratch.
 */
export function endOfUse(plan: MemoryPlan, state: StateBlock): number {
  return plan.histogramPool + HISTOGRAM_PAGE_BYTES * state.getU32(HISTOGRAM_PAGES_TAKEN);
}
