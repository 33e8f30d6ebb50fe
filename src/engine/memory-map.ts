/**
 * The memory that host and kernel share, as one table: fields of the state block, of a server's record, a tag, a
 * block of lanes, and constants that both must agree on. The build makes `layout.ts` of it, which holds nothing but
 * integer constants and is compiled twice, by tsc for the host and by asc for the kernel. Offsets are computed here, so
 * fields neither overlap nor lie askew, unless they are said to take turns.
 *
 * Where regions lie is planned by the host (`memory.ts`). The kernel allocates nothing and keeps nothing outside of
 * them, so these bytes are the whole state of a simulation.
 */
import { COLUMN_NAMES, COLUMNS } from './columns.js';

export type Type = 'u32' | 'i32' | 'u64' | 'f64';

const BYTES: Record<Type, number> = { u32: 4, i32: 4, u64: 8, f64: 8 };

type Entry =
  | { kind: 'field'; name: string; type: Type; count: number; doc: string }
  /** a name for where it stands */
  | { kind: 'mark'; name: string; doc: string }
  /** lists of entries that take turns in the same bytes */
  | { kind: 'turns'; lists: Entry[][]; doc: string }
  /** bytes without a name */
  | { kind: 'room'; bytes: number; doc: string }
  | { kind: 'heading'; doc: string };

/** A field with its place; `turn` tells fields that share bytes apart. */
export interface PlacedField {
  name: string;
  type: Type;
  offset: number;
  bytes: number;
  /** which list it is in, of each `turns` around it */
  turn: readonly string[];
}

export interface Block {
  title: string;
  /** name of the constant with its size, a multiple of `align` */
  size: string;
  align: number;
  entries: Entry[];
}

const field =
  (type: Type) =>
  (name: string, doc: string, count = 1): Entry => ({ kind: 'field', name, type, count, doc });
const u32 = field('u32');
const i32 = field('i32');
const u64 = field('u64');
const f64 = field('f64');
const mark = (name: string, doc: string): Entry => ({ kind: 'mark', name, doc });
const turns = (doc: string, ...lists: Entry[][]): Entry => ({ kind: 'turns', lists, doc });
const room = (bytes: number, doc: string): Entry => ({ kind: 'room', bytes, doc });
const heading = (doc: string): Entry => ({ kind: 'heading', doc });

/** Lanes of a block of candidates, and of a sweep, at most. */
const MAX_BLOCK = 64;
/** Room in a column of lanes: `advanceRate` solves a pair of its own behind those of a sweep. */
const LANE_ROOM = 2 * MAX_BLOCK;

const STATE: Block = {
  title: 'state block',
  size: 'STATE_BYTES',
  align: 64,
  entries: [
    heading('parameters: written by the host before `initialise`; the kernel only reads them'),
    u32('SERVERS', 'n'),
    u32(
      'CAPACITY',
      'buffer capacity per server, counting the task in service; UNBOUNDED for no limit',
    ),
    f64('ARRIVAL_RATE', 'λ: arrival rate per server'),
    f64('INVERSE_STEP_SIZE', 'm: inverse step size; +Infinity freezes the rates'),
    f64('G_SCALE', 'a of g(x) = a x^-p or a (1+x)^-p'),
    f64('G_EXPONENT', 'p of g'),
    f64('H_SCALE', 'b of h(x) = b x^q'),
    f64('H_EXPONENT', 'q of h'),
    u32('G_FAMILY', 'G_POWER or G_SHIFTED'),
    u32('COST_TABLE', 'address of the cost’s table (table of a cost); 0 for a cost family'),
    u32('CLASS_COUNT', 'classes of servers'),
    f64('HORIZON', 'end of the recording grid, absolute time'),
    f64('WARMUP', 'start of the statistics, absolute time'),
    f64('INTERVAL', 'spacing of the recording grid'),
    u32('ROWS', 'rows of the trajectory'),
    u32('QUANTILES', 'quantile levels in it'),
    u32('BLOCK_SIZE', 'candidates per block, even, at most MAX_BLOCK'),
    u32('BLOCK_SLACK', 'by how much busy or idle servers may grow within a block'),
    u32('WATCHED', 'recorded servers'),
    u32('TAG_ROOM', 'tasks that can be tagged (tags.ts)'),
    u32('TAG_SPACING', 'accepted arrivals to skip between two tags'),
    u32('HISTOGRAM_POOL_PAGES', 'pages of histograms there are'),

    heading('of the wider model: all 0 for the paper’s system'),
    u32('DISPATCH', 'rule of dispatch: DISPATCH_JIQ and others'),
    u32('SAMPLE', 'd: servers that an arrival samples'),
    u32('WORK_PHASES', 'phases of the work; 0 for exponential work'),
    f64('FASTEST_PHASE', 'largest hazard of a phase at rate 1'),
    u32('CHANGES', 'changes in the schedule'),
    f64('PERIOD', 'of the schedule; 0 if it does not repeat'),
    u32('PERIOD_PHASES', 'phases of the period with figures of their own'),

    heading('of a system in partitions (assembly/partitions): all 0 for others'),
    u32('PARTS', 'partitions of the system'),
    u32('PART_SERVERS', 'servers in each but the last'),
    u32('PART_SETS', 'sets of lanes of each'),
    u32('PART_EVENTS', 'events to be expected in a window, of all partitions together'),
    f64(
      'PART_DEVIATIONS',
      'standard deviations that the number of idle servers hardly changes by in a window',
    ),

    heading('addresses of regions (memory.ts)'),
    u32('RECORDS', 'of the servers, ordered full | room left | idle'),
    u32('LANES', 'of the present block of candidates'),
    u32('OBSERVATION_LANES', 'for sweeps over all servers'),
    u32('ZIGGURAT', 'table of the exponential law'),
    u32('SERIES', 'coefficients of Taylor series'),
    u32('RATE_HISTOGRAM', 'directory of the histogram of rates pooled over time'),
    u32('ROW_HISTOGRAM', 'directory of a row’s, beyond EXACT_QUANTILE_SERVERS'),
    u32('HISTOGRAM_POOL', 'pages of both'),
    u32('ROW_RATES', 'rates of a row, for exact quantiles'),
    u32('QUANTILE_LEVELS', 'f64 each'),
    u32('TRAJECTORY', 'columns of f64'),
    u32('WATCHED_IDS', 'sorted ids of the recorded servers, u32'),
    u32('WATCHED_BITS', 'one bit per server: whether it is recorded'),
    u32('WATCHED_RATES', 'a column of f64 for each recorded server'),
    u32('WATCHED_TASKS', 'a column of u32 for each recorded server'),
    u32('TAGS', 'tagged tasks'),
    u32('TAG_LISTS', 'first tag of each server'),
    u32('CLASSES', 'classes of servers'),
    u32('CLASS_OF', 'class of each server, u8 by id, where there are several'),
    u32('WORK', 'phases of the work and where they lead'),
    u32('WORK_PHASE_OF', 'phase of the task in service, u8 by id'),
    u32('SLOTS', 'slot of each server, u32 by id, for rules that choose by id'),
    u32('IDLE_QUEUE', 'ring of ids of idle servers, in the order in which they became idle'),
    u32('SCHEDULE', 'changes'),
    u32('PHASE_TALLIES', 'of the phases of the period'),
    u32('PART_STATES', 'state blocks of the partitions'),
    u32('PART_NOTES', 'notes of each on its present window'),
    u32('PART_LANES', 'of each: lanes for sweeps, then PART_SETS sets of lanes'),
    u32('PART_SERIES', 'of each: coefficients of Taylor series'),
    u32('TEAM', 'where the threads of a run find their work'),
    u32('TEAM_HISTOGRAMS', 'directory of the histogram that each thread makes of a row'),

    heading('derived by the kernel'),
    u32('DRIFT', 'DRIFT_FROZEN, DRIFT_INVERSE_QUADRATIC, DRIFT_GENERAL or DRIFT_TABLE'),
    f64('DRIFT_G', 'coefficients of the rate equation (idle-signal-control.ts, taylor.ts)'),
    f64('DRIFT_H', ''),
    f64('TAYLOR_RHO', 'coefficients of the rate equation (taylor.ts)'),
    f64('TAYLOR_ALPHA', ''),
    f64('TAYLOR_BETA', ''),
    f64('EPOCH_LENGTH', 'time between two renewals of the bound on the rates'),
    f64('WINDOW_LENGTH', 'of a system in partitions: time between two decisions on CANDIDATE_RATE'),

    heading(
      'the system: DYNAMICS … DYNAMICS_END is what, with the records, decides the future, and what `hashState` hashes',
    ),
    mark('DYNAMICS', ''),
    u64('RNG', 'xoshiro256++', 4),
    f64('EPOCH_START', 'absolute time at which the current epoch began'),
    f64('CLOCK', 'time since then'),
    f64('BOUND', 'M: no rate exceeds it within the epoch'),
    u32('FULL', 'servers with a full buffer'),
    u32('BUSY', 'busy servers'),
    u64('TASKS', 'tasks in the system'),
    u64('ARRIVALS', 'count since t = 0, as the next three'),
    u64('DROPPED', ''),
    u64('DEPARTURES', ''),
    u64('CANDIDATES', ''),
    u32('LANE', 'next lane to commit'),
    u32('LANE_COUNT', 'lanes drawn'),
    u32('BUSY_CAP', 'the caps that the block was drawn with'),
    u32('IDLE_CAP', ''),
    mark('DYNAMICS_END', ''),
    mark('WIDER_DYNAMICS', 'what the wider model adds to that'),
    u32('TURN', 'round-robin: id of the next server'),
    u32('IDLE_FIRST', 'place of the server in IDLE_QUEUE that has been idle longest'),
    u32('IDLE_BEHIND', 'place of the next to become idle'),
    mark('WIDER_DYNAMICS_END', ''),
    mark('PARTED_DYNAMICS', 'what a system in partitions adds to that'),
    u32(
      'PARTED',
      '1 while the partitions have their servers; 0 while the system is run as a whole',
    ),
    f64(
      'IDLE_FLOOR',
      'idle servers, at least: an arrival is a candidate at rate λn / IDLE_FLOOR for each idle server',
    ),
    mark('PARTED_DYNAMICS_END', ''),
    u32('NEXT_CHANGE', 'index of the next change in the schedule'),
    f64('CYCLE', 'periods of the schedule that are over'),

    heading('statistics'),
    f64('BUSY_TIME', '∫ of busy servers over closed epochs'),
    f64('TASK_TIME', '∫ of tasks over closed epochs'),
    f64('SIGNAL_TIME', '∫ of Σ I_v over closed epochs'),
    f64('BUSY_AREA', 'the open epoch’s part of the three (commit.ts)'),
    f64('TASK_AREA', ''),
    f64('SIGNAL_AREA', ''),
    u32('MAX_TASKS', 'longest queue since the start of the statistics'),
    u32('WARM', '1 once the statistics have started'),
    u32('ROW', 'rows of the trajectory written'),
    u32('STARTED', '1 once `initialise` has run'),
    u32('SUMMARISED', '1 while NOW_… hold for the present state'),
    u32('ERROR', 'why the kernel stopped with an error: 0 or ERROR_RATE_ABOVE_BOUND'),
    u32('ERROR_SERVER', 'which server'),
    f64('ERROR_RATE', 'the offending rate'),
    u64('WARM_ARRIVALS', 'values at the start of the statistics, as the next six'),
    u64('WARM_DROPPED', ''),
    u64('WARM_DEPARTURES', ''),
    u64('WARM_CANDIDATES', ''),
    f64('WARM_BUSY_TIME', ''),
    f64('WARM_TASK_TIME', ''),
    f64('WARM_SIGNAL_TIME', ''),
    f64('NOW_BUSY_TIME', 'values at the present time, filled in by `summarise`'),
    f64('NOW_TASK_TIME', ''),
    f64('NOW_SIGNAL_TIME', ''),
    u32('SAMPLE_ROWS', 'rows of the grid since the warm-up'),
    f64('SAMPLE_MEAN', 'Σ of their mean rates, less SAMPLE_CENTRE'),
    f64('SAMPLE_SQUARE', 'Σ of their second moments about SAMPLE_CENTRE'),
    f64('SAMPLE_POWER', 'Σ of their means of h(μ)'),
    f64('SAMPLE_CENTRE', 'mean rate of the first of them'),
    f64('SAMPLE_MIN', 'smallest rate in them'),
    f64('SAMPLE_MAX', 'largest rate in them'),
    u32('HISTOGRAM_PAGES_TAKEN', 'pages of histograms in use'),
    u32('HISTOGRAM_OVERFULL', '1 once there was no page left for a rate'),
    u32('TAG_COUNTDOWN', 'accepted arrivals to skip before the next tag'),
    u32('TAGS_USED', 'tasks tagged'),
    f64('PERIOD_PHASE', 'phases of periods that have begun since t = 0'),
    f64(
      'PHASE_SINCE',
      'values at the start of the present one, or of the statistics in it, as the next five',
    ),
    u64('PHASE_ARRIVALS', ''),
    u64('PHASE_DROPPED', ''),
    u64('PHASE_DEPARTURES', ''),
    f64('PHASE_BUSY_TIME', ''),
    f64('PHASE_TASK_TIME', ''),
    f64('PASS_MEAN', 'what `sampleRates` found in its last pass'),
    f64('PASS_SQUARE', ''),
    f64('PASS_MIN', ''),
    f64('PASS_MAX', ''),
    f64('PASS_POWER', ''),
    u32('PASS_MAX_TASKS', ''),
    u32('BLOCKS_LEFT', 'blocks that `run` may still draw'),

    heading('of a system in partitions: what is guessed within a window, and what came of it'),
    f64('GUESS', 'idle servers at time 0 of the epoch, as the window extrapolates them'),
    f64('GUESS_SLOPE', 'and their change per unit of time'),
    f64(
      'GUESS_BAND',
      'how far decisions are from those of another number of idle servers, to be looked at again',
    ),
    f64('DRIFT_OF_IDLE', 'smoothed change of the number of idle servers'),
    f64('LANES_PER_TIME', 'candidates per unit of time in the last window'),
    f64('WINDOW_BEGIN', 'time of the epoch at which the present window begins'),
    f64('WINDOW_STOP', 'at which it was to end: between the two lie its slices'),
    f64('WINDOW_END', 'at which it does'),
    u64('WINDOWS', 'windows run'),
    u64('AMBIGUOUS', 'decisions that were looked at again'),
    u64('REVERSED', 'of those reversed'),
    f64('TIME_WHOLE', 'time for which the system was run as a whole'),

    heading('of a partition'),
    u32('WHOLE', 'state block of the whole system; 0 in that'),
    u32('NOTES', 'notes on its present window'),
    u32('LANE_SETS', 'its sets of lanes'),
    u32('FIRST_SLOT', 'slots before its servers'),
    u32('SET', 'set of lanes that LANES is'),
    u32('FIRST_SET', 'SET at the start of the window'),
    u32('SETS_USED', 'sets used in the window'),
    u32('COMMITTED', 'lane behind the last one that the last call of `commitBlock` committed'),
    u32(
      'NEAR_COUNT',
      'decisions to be looked at again; NEAR_ROOM + 1 if there was no room for all',
    ),
    u32(
      'PART_TROUBLE',
      'how the partition came out of its window: REACHED and others (partitions/window.ts)',
    ),
    u64('PART_HASH', 'hash of the partition'),

    heading(
      'shared with a running thread: read and written with Atomics while it runs; the kernel knows nothing of these',
    ),
    i32('CANCEL', '1 asks the thread to stop soon'),
    i32(
      'LIVE_SEQUENCE',
      'odd while LIVE_… are being written: a reader that finds it odd or changed reads again',
    ),
    f64('LIVE_TIME', 'present time, as two i32'),
    u64('LIVE_EVENTS', 'accepted arrivals plus departures, as two i32'),
  ],
};

const RECORD: Block = {
  title:
    'server record. An idle server’s idle signal is SIGNAL + (t − SINCE); a busy server’s is SIGNAL.',
  size: 'RECORD_BYTES',
  align: 32,
  entries: [
    f64('RATE', 'μ_v at time SINCE'),
    f64(
      'SINCE',
      'time since the start of the epoch at which the record was last brought up to date',
    ),
    f64('SIGNAL', 'I_v at time SINCE'),
    u32('ID', 'v'),
    u32('QUEUE', 'tasks at the server, the one in service included; 0 if and only if idle'),
  ],
};

/** Sets of lanes of a partition, slices of a window, and decisions noted in a partition: at most that many. */
const SET_ROOM = 16;
const SLICES = 8;
const NEAR_ROOM = 62;
/** DYNAMICS … DYNAMICS_END and three areas */
const SAVED_BYTES = 160;

const NOTES: Block = {
  title:
    'notes on the present window of a partition: what takes it back, and what others ask about it',
  size: 'NOTES_BYTES',
  align: 64,
  entries: [
    u32('NOTE_FROM', 'of each set of lanes: the first one committed in the window', SET_ROOM),
    u32('NOTE_TO', 'the lane behind the last one committed', SET_ROOM),
    f64('NOTE_SAVED', 'the partition’s state before the first one', (SET_ROOM * SAVED_BYTES) / 8),
    f64('NEAR_TIME', 'of decisions to be looked at again: when', NEAR_ROOM),
    f64('NEAR_MARGIN', 'by how many idle servers it was decided', NEAR_ROOM),
    u32('NEAR_SET', 'in which set', NEAR_ROOM),
    u32('NEAR_LANE', 'at which lane', NEAR_ROOM),
    u32('SLICE_IDLE', 'of each slice of the window: idle servers at its end', SLICES),
    u32('SLICE_LANES', 'candidates in it', SLICES),
    u32('SLICE_SET', 'set of the first candidate behind it', SLICES),
    u32('SLICE_LANE', 'and its lane', SLICES),
  ],
};

/** Threads at work on one run, and decisions that they look at again in one window: at most that many. */
const MOST_MEMBERS = 64;
const LIST_ROOM = 1024;

const TEAM: Block = {
  title: 'where the threads of a run find their work (assembly/partitions/team.ts)',
  size: 'TEAM_BYTES',
  align: 64,
  entries: [
    i32('TEAM_TASK', 'number of the present task'),
    room(60, 'a cache line for each of these'),
    u64(
      'TEAM_TICKET',
      'upper half: number of the task; lower half: the next partition to be worked on',
    ),
    room(56, ''),
    u32('TEAM_DONE', 'partitions that are done with the present task'),
    room(60, ''),
    u32('TEAM_WHAT', 'what is to be done'),
    f64('TEAM_TIME', 'its argument'),
    i32('TEAM_SLEEPING', 'threads that sleep until there is another task'),
    u32('TEAM_MEMBERS', 'highest number of a thread that has helped'),
    u32('TEAM_TROUBLE', '1 if a partition did not come to the end of its window'),
    i32('TEAM_OPEN', '1 while threads may come to help'),
    room(32, ''),
    u32(
      'TEAM_IDLE',
      'idle servers at the end of each slice, a row for each thread',
      MOST_MEMBERS * SLICES,
    ),
    u32('TEAM_LANES', 'candidates in each slice', MOST_MEMBERS * SLICES),
    u32(
      'LIST_COUNT',
      'of decisions of all partitions that are to be looked at again, in order of time',
    ),
    f64('LIST_TIME', 'when', LIST_ROOM),
    f64('LIST_MARGIN', 'by how many idle servers it was decided', LIST_ROOM),
    u32('LIST_PART', 'in which partition', LIST_ROOM),
    u32('LIST_SET', 'in which set of it', LIST_ROOM),
    u32('LIST_LANE', 'at which lane', LIST_ROOM),
  ],
};

const TAG: Block = {
  title: 'tag of a task',
  size: 'TAG_BYTES',
  align: 8,
  entries: [
    f64('TAG_ARRIVAL', 'arrival time, absolute'),
    f64('TAG_SOJOURN', 'sojourn time, and before that arrival time since the start of the epoch'),
    u32(
      'TAG_AHEAD',
      'tasks of the server to be completed before this one, TAG_LEFT once it has left',
    ),
    u32('TAG_NEXT', 'the server’s next tag + 1, 0 for none'),
  ],
};

const LANES: Block = {
  title: 'lanes of a block of candidates, a column for each quantity',
  size: 'LANES_BYTES',
  align: 64,
  entries: [
    f64('LANE_TIME', 'time of the candidate', LANE_ROOM),
    f64('LANE_RATE0', 'the picked record’s rate', LANE_ROOM),
    f64('LANE_SINCE', 'the picked record’s since', LANE_ROOM),
    f64('LANE_SIGNAL', 'the picked record’s signal', LANE_ROOM),
    f64('LANE_SLOPE', 'slope of its idle signal', LANE_ROOM),
    f64('LANE_RATE', 'its rate at the candidate’s time', LANE_ROOM),
    f64('LANE_ACCEPT', 'uniform variate that decides the acceptance', LANE_ROOM),
    u32('LANE_PICK', 'index of the picked slot, ARRIVAL added for an arrival', LANE_ROOM),
    u32('LANE_ID', 'id of the picked server', LANE_ROOM),
    u32(
      'LANE_SECOND',
      '1 + a second slot that an arrival samples; 0 if none is drawn yet',
      LANE_ROOM,
    ),
    u32('LANE_TOUCHED', 'what was read to have it in the nearest cache', LANE_ROOM),
    u32(
      'LANE_LOG',
      'what became of the candidate of a partition (assembly/partitions/log.ts)',
      LANE_ROOM,
    ),
    turns(
      'random numbers, and once they are used up what `advanceLanes` keeps between its loops',
      [u64('LANE_RANDOM', 'three per lane', 3 * MAX_BLOCK)],
      [
        u32(
          'LANE_LIST',
          'addresses of the lanes that the short series leaves, and one behind',
          LANE_ROOM,
        ),
        turns(
          'one loop, then the other',
          [
            f64(
              'LANE_X1',
              'first coefficient of the short series; G is in LANE_RATE meanwhile',
              MAX_BLOCK,
            ),
            f64('LANE_P', '', MAX_BLOCK),
            f64('LANE_Q', '', MAX_BLOCK),
          ],
          [
            f64('LANE_STEP', 'length of the steps ahead', MAX_BLOCK),
            f64('LANE_STEPS', 'how many they are; for a stiff gap the time left', MAX_BLOCK),
            u32('LANE_STIFF', 'addresses of the lanes of stiff gaps, and one behind', LANE_ROOM),
            u32('LANE_STIFF_LEFT', 'of those with time left, and one behind', LANE_ROOM),
          ],
        ),
      ],
    ),
    room(
      8 * MAX_BLOCK,
      'the same for the pair of `advanceRate`, whose lanes begin that much later',
    ),
  ],
};

const CLASS: Block = {
  title: 'class of servers. There is at least one; a system without classes is one',
  size: 'CLASS_BYTES',
  align: 8,
  entries: [
    u32('CLASS_END', 'id behind its last server'),
    u32('CLASS_TABLE', 'address of its cost’s table, where there are several classes'),
    u32(
      'INITIAL_RATES',
      'how the initial rates are given: RATES_GIVEN (already in the records), RATES_UNIFORM or RATES_EQUAL',
    ),
    f64(
      'INITIAL_RATE_LOW',
      'low end of the uniform law of the initial rates, or the value of equal ones',
    ),
    f64('INITIAL_RATE_HIGH', 'high end of the uniform law of the initial rates'),
    u32(
      'INITIAL_TASKS',
      'how the initial queues are given: TASKS_GIVEN (already in the records) or TASKS_EQUAL',
    ),
    u32('INITIAL_TASKS_EACH', 'tasks at each server, if equal'),
    heading('statistics of one of several classes, as those of the whole'),
    u32('CLASS_BUSY', ''),
    u64('CLASS_TASKS', ''),
    u64('CLASS_DEPARTURES', ''),
    f64('CLASS_BUSY_TIME', ''),
    f64('CLASS_TASK_TIME', ''),
    f64('CLASS_BUSY_AREA', ''),
    f64('CLASS_TASK_AREA', ''),
    u64('CLASS_WARM_DEPARTURES', 'values at the start of the statistics, as the next two'),
    f64('CLASS_WARM_BUSY_TIME', ''),
    f64('CLASS_WARM_TASK_TIME', ''),
    f64('CLASS_RATE_SUM', 'Σ of rates over servers and rows since the warm-up, less CLASS_CENTRE'),
    f64('CLASS_SQUARE_SUM', 'Σ of their squares about CLASS_CENTRE'),
    f64('CLASS_POWER_SUM', 'Σ of their h(μ)'),
    f64('CLASS_CENTRE', 'a rate of the first of those rows'),
    f64('CLASS_SAMPLES', 'how many they are'),
  ],
};

const WORK: Block = {
  title:
    'phase of the work. The last is none: its jumps are the starts. Jumps follow behind all phases',
  size: 'WORK_BYTES',
  align: 8,
  entries: [
    f64('WORK_HAZARD', 'hazard of its end at rate 1'),
    u32('WORK_JUMPS', 'where it leads: address of the first jump less that of the phases'),
    u32('WORK_JUMP_COUNT', ''),
  ],
};

const JUMP: Block = {
  title: 'jump from one phase of the work to another',
  size: 'JUMP_BYTES',
  align: 8,
  entries: [
    f64('JUMP_LEVEL', 'probability of this jump or one before it'),
    u32('JUMP_TO', 'phase, or JUMP_END'),
  ],
};

const CHANGE: Block = {
  title: 'change in the schedule; 0 for what stays',
  size: 'CHANGE_BYTES',
  align: 8,
  entries: [
    f64('CHANGE_TIME', 'when, in the first period'),
    f64('CHANGE_ARRIVAL_RATE', 'λ'),
    f64('CHANGE_INVERSE_STEP_SIZE', 'm'),
    f64('CHANGE_RATES', 'every server’s rate, where CHANGE_SETS_RATES is 1'),
    f64('CHANGE_G_SCALE', 'the cost, where CHANGE_CHANGES_COST is 1'),
    f64('CHANGE_G_EXPONENT', ''),
    f64('CHANGE_H_SCALE', ''),
    f64('CHANGE_H_EXPONENT', ''),
    u32('CHANGE_SETS_RATES', ''),
    u32('CHANGE_CHANGES_COST', ''),
    u32('CHANGE_G_FAMILY', ''),
    u32('CHANGE_TABLE', 'address of the cost’s table; 0 for a cost family'),
  ],
};

const TALLY: Block = {
  title: 'tally of a phase of the period, from the warm-up on',
  size: 'TALLY_BYTES',
  align: 8,
  entries: [
    f64('TALLY_TIME', 'time within it'),
    f64('TALLY_ARRIVALS', ''),
    f64('TALLY_DROPPED', ''),
    f64('TALLY_DEPARTURES', ''),
    f64('TALLY_BUSY_TIME', ''),
    f64('TALLY_TASK_TIME', ''),
    f64('TALLY_ROWS', 'rows of the grid within it'),
    f64('TALLY_RATE_SUM', 'Σ of their mean rates'),
    f64('TALLY_POWER_SUM', 'Σ of their means of h(μ)'),
  ],
};

const NODES = 8;

const TABLE: Block = {
  title: 'table of a cost; its cells follow',
  size: 'TABLE_BYTES',
  align: 8,
  entries: [
    u64('TABLE_BASE', 'cell key (top bits of the double) of cell 0'),
    f64('TABLE_START_EXPONENT', 's of φ(μ) ≈ −A (start / μ)^s below the first cell'),
    f64('TABLE_START_STEEPNESS', 'A of it'),
    u32('TABLE_CELLS', 'cells'),
  ],
};

const CELL: Block = {
  title: 'cell of the cost table',
  size: 'CELL_BYTES',
  align: 8,
  entries: [
    f64('CELL_CENTRE', 'rate in the middle'),
    f64('CELL_SCALE', '1 / half width'),
    f64(
      'CELL_PHI_PSI',
      'coefficients 0 … 7 in ξ = (μ − centre) / half width, of φ and ψ by turns',
      2 * NODES,
    ),
    f64('CELL_H', 'coefficients 0 … 7 of h', NODES),
  ],
};

/** up to this many values are told apart by a byte */
const BUCKETS = 256;

const BUCKET_COUNTS: Block = {
  title:
    'behind the rates of a row with exact quantiles and a byte for each: how many are in each bucket',
  size: 'BUCKET_BYTES',
  align: 8,
  entries: [
    room(4 * BUCKETS, 'u32, rates in each'),
    f64('BUCKET_ORIGIN', 'where buckets begin'),
    f64('BUCKET_SCALE', 'buckets per unit'),
  ],
};

const ZIGGURAT: Block = {
  title: 'ziggurat of the exponential law',
  size: 'ZIGGURAT_BYTES',
  align: 8,
  entries: [room(8 * 257, 'f64, abscissae'), room(8 * 257, 'f64, ordinates')],
};

const SERIES: Block = {
  title: 'Taylor series',
  size: 'SERIES_BYTES',
  align: 8,
  entries: [room(8 * 4 * 32, 'f64, coefficients of four series, up to 32 each')],
};

export const BLOCKS: readonly Block[] = [
  STATE,
  RECORD,
  NOTES,
  TEAM,
  TAG,
  CLASS,
  WORK,
  JUMP,
  CHANGE,
  TALLY,
  LANES,
  TABLE,
  CELL,
  BUCKET_COUNTS,
  ZIGGURAT,
  SERIES,
];

type Constant = [name: string, value: number, doc: string];

/**
 * Histograms of rates (assembly/observe/histogram.ts). The top bits of a double are its bin, 2^14 to an octave. A page holds
 * the f64 counts of some bins, and a histogram is a directory of u32 addresses of pages, 0 where no rate has been
 * yet: for all positive doubles, which begin with 11 bits of exponent.
 */
const BIN_BITS = 14;
const PAGE_BITS = 11;
const HISTOGRAMS: Constant[] = [
  ['HISTOGRAM_BIN_SHIFT', 52 - BIN_BITS, 'bits of a double below its bin'],
  ['HISTOGRAM_PAGE_SHIFT', PAGE_BITS, 'bits of a bin below its page'],
  ['HISTOGRAM_PAGE_BINS', 2 ** PAGE_BITS, ''],
  ['HISTOGRAM_PAGE_BYTES', 8 * 2 ** PAGE_BITS, ''],
  ['HISTOGRAM_PAGES_PER_OCTAVE', 2 ** (BIN_BITS - PAGE_BITS), ''],
  ['HISTOGRAM_DIRECTORY_ENTRIES', 2 ** (11 + BIN_BITS - PAGE_BITS), ''],
];

const COLUMN_NUMBERS: Constant[] = [
  ...COLUMN_NAMES.map((name, i): Constant => [`COLUMN_${COLUMNS[name].toUpperCase()}`, i, '']),
  ['COLUMN_QUANTILES', COLUMN_NAMES.length, 'the first one'],
];

const CODES: Constant[] = [
  ['SAVED_BYTES', SAVED_BYTES, 'what a partition saves with a set'],
  ['SLICES', SLICES, 'slices of a window'],
  ['NEAR_ROOM', NEAR_ROOM, 'decisions that a partition can note in a window'],
  ['LIST_ROOM', LIST_ROOM, 'decisions to be looked at again in a window'],
  ['MOST_MEMBERS', MOST_MEMBERS, 'threads at work on one run at most'],
  ['MAX_BLOCK', MAX_BLOCK, 'lanes of a block of candidates, and of a sweep, at most'],
  [
    'EXACT_QUANTILE_SERVERS',
    65536,
    'up to this many servers a row’s quantiles are exact order statistics',
  ],
  ['BUCKETS', BUCKETS, 'of a row’s rates'],
  ['CELL_SHIFT', 47, 'cells of the cost table are 1/32 of an octave: the top 17 bits of a double'],
  ['UNBOUNDED', 0xffffffff, 'CAPACITY without a limit'],
  ['TAG_LEFT', 0xffffffff, 'TAG_AHEAD of a task that has left'],
  ['ARRIVAL', 0x80000000, 'bit of LANE_PICK'],
  ['G_POWER', 0, 'G_FAMILY'],
  ['G_SHIFTED', 1, 'G_FAMILY'],
  ['RATES_GIVEN', 0, 'INITIAL_RATES'],
  ['RATES_UNIFORM', 1, 'INITIAL_RATES'],
  ['RATES_EQUAL', 2, 'INITIAL_RATES'],
  ['TASKS_GIVEN', 0, 'INITIAL_TASKS'],
  ['TASKS_EQUAL', 1, 'INITIAL_TASKS'],
  ['DRIFT_FROZEN', 0, 'DRIFT'],
  ['DRIFT_INVERSE_QUADRATIC', 1, 'DRIFT'],
  ['DRIFT_GENERAL', 2, 'DRIFT'],
  ['DRIFT_TABLE', 3, 'DRIFT'],
  ['DISPATCH_JIQ', 0, 'DISPATCH'],
  ['DISPATCH_RANDOM', 1, 'DISPATCH'],
  ['DISPATCH_ROUND_ROBIN', 2, 'DISPATCH'],
  ['DISPATCH_SAMPLED', 3, 'DISPATCH: the shortest of few queues, which are looked at'],
  ['DISPATCH_SORTED', 4, 'DISPATCH: the shortest of many queues, which are kept sorted'],
  ['DISPATCH_LONGEST_IDLE', 5, 'DISPATCH'],
  ['DISPATCH_SHORTEST_IDLE', 6, 'DISPATCH'],
  ['MOST_SAMPLED', 8, 'largest SAMPLE of DISPATCH_SAMPLED'],
  ['JUMP_END', 0xffffffff, 'JUMP_TO: the task is done'],
  ['ERROR_RATE_ABOVE_BOUND', 1, 'ERROR'],
  ['RUN_REACHED', 0, 'what `run` returns'],
  ['RUN_BUDGET', 1, 'what `run` returns'],
  ['RUN_ERROR', 2, 'what `run` returns'],
];

/** Gives fields their places, marks their values, and the block its size. */
export function place({ entries, align }: Block): {
  fields: PlacedField[];
  marks: Constant[];
  bytes: number;
} {
  const fields: PlacedField[] = [];
  const marks: Constant[] = [];
  let count = 0;
  const put = (list: readonly Entry[], from: number, turn: readonly string[]): number => {
    let end = from;
    for (const entry of list) {
      if (entry.kind === 'field') {
        const { name, type } = entry;
        const offset = Math.ceil(end / BYTES[type]) * BYTES[type];
        const bytes = BYTES[type] * entry.count;
        fields.push({ name, type, offset, bytes, turn });
        end = offset + bytes;
      } else if (entry.kind === 'mark') {
        end = Math.ceil(end / 8) * 8;
        marks.push([entry.name, end, entry.doc]);
      } else if (entry.kind === 'turns') {
        const start = Math.ceil(end / 16) * 16;
        count += 1;
        const which = count;
        end = Math.max(
          ...entry.lists.map((list, i) => put(list, start, [...turn, `${which}.${i}`])),
        );
      } else if (entry.kind === 'room') {
        end += entry.bytes;
      }
    }
    return end;
  };
  const end = put(entries, 0, []);
  return { fields, marks, bytes: Math.ceil(end / align) * align };
}

/** The text of `layout.ts`. */
export function layoutSource(): string {
  const lines = [
    '// Generated from memory-map.ts by scripts/build.mjs; not under version control.',
  ];
  const constant = ([name, value, doc]: Constant) => {
    if (doc) lines.push(`/** ${doc} */`);
    lines.push(`export const ${name} = ${value};`);
  };
  const title = (text: string) => lines.push('', `// ${text}`, '');
  for (const block of BLOCKS) {
    const { fields, marks, bytes } = place(block);
    const values = new Map([
      ...fields.map(({ name, offset }) => [name, offset] as const),
      ...marks.map(([name, value]) => [name, value] as const),
    ]);
    title(block.title);
    const write = (entries: readonly Entry[]) => {
      for (const entry of entries) {
        if (entry.kind === 'field') {
          const { name, type, count, doc } = entry;
          const many = count > 1 ? `${count} × ${type}` : type;
          constant([name, values.get(name) as number, doc ? `${many}, ${doc}` : many]);
        } else if (entry.kind === 'mark') {
          constant([entry.name, values.get(entry.name) as number, entry.doc]);
        } else {
          lines.push('', `// ${entry.doc}`);
          if (entry.kind === 'turns') entry.lists.forEach(write);
        }
      }
    };
    write(block.entries);
    constant([block.size, bytes, '']);
  }
  for (const [text, constants] of [
    ['histograms of rates', HISTOGRAMS],
    ['columns of the trajectory', COLUMN_NUMBERS],
    ['codes and limits', CODES],
  ] as const) {
    title(text);
    constants.forEach(constant);
  }
  return `${lines.join('\n')}\n`;
}
