/**
 * The memory map that host and kernel share: byte offsets into the state block, the server record and
 * the lanes of a block of candidates. This file is compiled twice, by tsc for the host and by asc for
 * the kernel, so it holds nothing but integer constants.
 *
 * The host lays the regions out (`memory.ts`); the kernel allocates nothing and keeps nothing outside
 * of them, so these bytes are the whole state of a simulation.
 */

// ---------------------------------------------------------------- state block: parameters
// Written by the host before `initialise`; the kernel only reads them.

/** u32, n */
export const SERVERS = 0;
/** u32, buffer capacity per server, counting the task in service; UNBOUNDED for no limit */
export const CAPACITY = 4;
/** f64, λ: arrival rate per server */
export const ARRIVAL_RATE = 8;
/** f64, m: inverse step size; +Infinity freezes the rates */
export const INVERSE_STEP_SIZE = 16;
/** f64, a and p of g(x) = a x^-p or a (1+x)^-p */
export const G_SCALE = 24;
export const G_EXPONENT = 32;
/** f64, b and q of h(x) = b x^q */
export const H_SCALE = 40;
export const H_EXPONENT = 48;
/** u32, G_POWER or G_SHIFTED */
export const G_FAMILY = 56;
/** u32, how the initial rates are given: RATES_GIVEN (already in the records), RATES_UNIFORM or RATES_EQUAL */
export const INITIAL_RATES = 60;
/** f64, ends of the uniform law of the initial rates; the low end is the value of equal ones */
export const INITIAL_RATE_LOW = 64;
export const INITIAL_RATE_HIGH = 72;
/** f64, end of the recording grid and start of the statistics, in absolute time */
export const HORIZON = 80;
export const WARMUP = 88;
/** f64, spacing of the recording grid */
export const INTERVAL = 96;
/** u32, rows of the trajectory and number of quantile levels in it */
export const ROWS = 104;
export const QUANTILES = 108;
/** u32, addresses of the regions */
export const RECORDS = 112;
export const LANES = 116;
export const OBSERVATION_LANES = 120;
export const ZIGGURAT = 124;
export const SERIES = 128;
export const RATE_HISTOGRAM = 132;
export const ROW_HISTOGRAM = 136;
export const ROW_RATES = 140;
export const QUANTILE_LEVELS = 144;
export const TRAJECTORY = 148;
/** u32, recorded servers: how many, their sorted ids, one bit per server, and the columns */
export const WATCHED = 152;
export const WATCHED_IDS = 156;
export const WATCHED_BITS = 160;
export const WATCHED_RATES = 164;
export const WATCHED_TASKS = 168;
/** u32, candidates per block, and by how much busy or idle servers may grow within one */
export const BLOCK_SIZE = 172;
export const BLOCK_SLACK = 176;

// ---------------------------------------------------------------- state block: derived by the kernel

/** u32, DRIFT_FROZEN, DRIFT_INVERSE_QUADRATIC, DRIFT_GENERAL or DRIFT_TABLE */
export const DRIFT = 180;
/** f64, coefficients of the rate equation (drift.ts, taylor.ts) */
export const DRIFT_G = 184;
export const DRIFT_H = 192;
export const TAYLOR_RHO = 200;
export const TAYLOR_ALPHA = 208;
export const TAYLOR_BETA = 216;
/** f64, time between two renewals of the bound on the rates */
export const EPOCH_LENGTH = 224;
/** u32, pages of histograms: where the first lies, and how many there are (histogram.ts) */
export const HISTOGRAM_POOL = 232;
export const HISTOGRAM_POOL_PAGES = 236;

// ---------------------------------------------------------------- state block: the system
// DYNAMICS .. DYNAMICS_END is what, with the records, decides the future: it is what `hashState` hashes.

export const DYNAMICS = 240;
/** 4 × u64, xoshiro256++ */
export const RNG = 240;
/** f64, absolute time at which the current epoch began, and time since then */
export const EPOCH_START = 272;
export const CLOCK = 280;
/** f64, M: no rate exceeds it within the epoch */
export const BOUND = 288;
/** u32, servers with a full buffer, and busy servers: records are ordered full | room left | idle */
export const FULL = 296;
export const BUSY = 300;
/** u64, tasks in the system, and counts since t = 0 */
export const TASKS = 304;
export const ARRIVALS = 312;
export const DROPPED = 320;
export const DEPARTURES = 328;
export const CANDIDATES = 336;
/** u32, next lane to commit, lanes drawn, and the caps that the block was drawn with */
export const LANE = 344;
export const LANE_COUNT = 348;
export const BUSY_CAP = 352;
export const IDLE_CAP = 356;
export const DYNAMICS_END = 360;

// ---------------------------------------------------------------- state block: statistics

/** f64, ∫ of busy servers, tasks and Σ I_v over closed epochs; and the open epoch's part (commit.ts) */
export const BUSY_TIME = 360;
export const TASK_TIME = 368;
export const SIGNAL_TIME = 376;
export const BUSY_AREA = 384;
export const TASK_AREA = 392;
export const SIGNAL_AREA = 400;
/** u32, longest queue since the start of the statistics */
export const MAX_TASKS = 408;
/** u32, 1 once the statistics have started */
export const WARM = 412;
/** u32, rows of the trajectory written */
export const ROW = 416;
/** u32, why the kernel stopped with an error: 0 or ERROR_RATE_ABOVE_BOUND, and which server */
export const ERROR = 420;
export const ERROR_SERVER = 424;
/** f64, the offending rate */
export const ERROR_RATE = 432;
/** values at the start of the statistics, in the order and with the types of ARRIVALS.. above */
export const WARM_ARRIVALS = 440;
export const WARM_DROPPED = 448;
export const WARM_DEPARTURES = 456;
export const WARM_CANDIDATES = 464;
export const WARM_BUSY_TIME = 472;
export const WARM_TASK_TIME = 480;
export const WARM_SIGNAL_TIME = 488;
/** f64, values at the present time, filled in by `summarise` */
export const NOW_BUSY_TIME = 496;
export const NOW_TASK_TIME = 504;
export const NOW_SIGNAL_TIME = 512;
/** rates on the grid since the warm-up: rows (u32); Σ of row means, of row second moments about
 * SAMPLE_CENTRE, and of row means of h(μ) (f64) */
export const SAMPLE_ROWS = 520;
export const SAMPLE_MEAN = 528;
export const SAMPLE_SQUARE = 536;
export const SAMPLE_POWER = 544;
export const SAMPLE_CENTRE = 552;
/** f64, what `sampleRates` found in its last pass */
export const PASS_MEAN = 560;
export const PASS_SQUARE = 568;
export const PASS_MIN = 576;
export const PASS_MAX = 584;
export const PASS_POWER = 592;
/** u32 */
export const PASS_MAX_TASKS = 600;

/** tagged tasks (tags.ts), u32: address and room of the tags, address of the servers' lists, how many
 * accepted arrivals to skip between two tags, how many more to skip now, and tags used */
export const TAGS = 604;
export const TAG_ROOM = 608;
export const TAG_LISTS = 612;
export const TAG_SPACING = 616;
export const TAG_COUNTDOWN = 620;
export const TAGS_USED = 624;
/** f64, smallest and largest rate on the grid since the warm-up */
export const SAMPLE_MIN = 632;
export const SAMPLE_MAX = 640;
/** u32, address of the cost table and its number of cells; 0 cells for a cost family */
export const COST_TABLE = 648;
export const COST_CELLS = 652;
/** u64, cell key (top bits of the double) of cell 0 */
export const COST_BASE = 656;
/** f64, φ(μ) ≈ −A (start / μ)^s below the table: s and A */
export const START_EXPONENT = 664;
export const START_STEEPNESS = 672;
/** u32, pages of histograms in use, and 1 once there was none left for a rate */
export const HISTOGRAM_PAGES_TAKEN = 680;
export const HISTOGRAM_OVERFULL = 684;
/** u32, how the initial queues are given: TASKS_GIVEN (already in the records) or TASKS_EQUAL; and how many */
export const INITIAL_TASKS = 688;
export const INITIAL_TASKS_EACH = 692;
/** u32, 1 once `initialise` has run */
export const STARTED = 696;
/** u32, 1 while NOW_… hold for the present state */
export const SUMMARISED = 700;

// ---------------------------------------------------------------- state block: shared with a running thread
// The kernel knows nothing of these. They are read and written with Atomics while another thread runs.

/** i32, 1 asks the thread to stop soon */
export const CANCEL = 704;
/** i32, odd while LIVE_… are being written: a reader that finds it odd or changed reads again */
export const LIVE_SEQUENCE = 708;
/** f64 and u64, as two i32 each: present time, and accepted arrivals plus departures */
export const LIVE_TIME = 712;
export const LIVE_EVENTS = 720;
export const STATE_BYTES = 768;

// ---------------------------------------------------------------- server record, 32 bytes
// An idle server's idle signal is SIGNAL + (t − SINCE); a busy server's is SIGNAL.

/** f64, μ_v at time SINCE */
export const RATE = 0;
/** f64, time since the start of the epoch at which the record was last brought up to date */
export const SINCE = 8;
/** f64, I_v at time SINCE */
export const SIGNAL = 16;
/** u32, v */
export const ID = 24;
/** u32, tasks at the server, the one in service included; 0 if and only if idle */
export const QUEUE = 28;
export const RECORD_BYTES = 32;

// ---------------------------------------------------------------- tag of a task, 24 bytes

/** f64, arrival time, absolute; f64, sojourn time, and before that arrival time since the start of the epoch */
export const TAG_ARRIVAL = 0;
export const TAG_SOJOURN = 8;
/** u32, tasks of the server to be completed before this one, TAG_LEFT once it has left; u32, the server's next
 * tag + 1, 0 for none */
export const TAG_AHEAD = 16;
export const TAG_NEXT = 20;
export const TAG_BYTES = 24;
export const TAG_LEFT = 0xffffffff;

// ---------------------------------------------------------------- lanes of a block of candidates

export const MAX_BLOCK = 128;
/** f64 per lane: time of the candidate; the picked record's rate, since and signal; slope of its idle
 * signal; its rate at the candidate's time; and the uniform variate that decides its acceptance */
export const LANE_TIME = 0;
export const LANE_RATE0 = 1024;
export const LANE_SINCE = 2048;
export const LANE_SIGNAL = 3072;
export const LANE_SLOPE = 4096;
export const LANE_RATE = 5120;
export const LANE_ACCEPT = 6144;
/** u32 per lane: index of the picked slot, ARRIVAL added for an arrival; id of the picked server */
export const LANE_PICK = 7168;
export const LANE_ID = 7680;
/** 3 × u64 per lane: random numbers */
export const LANE_RANDOM = 8192;
export const LANES_BYTES = 11264;

// ---------------------------------------------------------------- cell of the cost table, 208 bytes

/** cells are 1/32 of an octave: the top 17 bits of a double */
export const CELL_SHIFT = 47;
/** f64, centre, 1 / half width; then coefficients 0 … 7 in ξ = (μ − centre) / half width: of φ and ψ by turns,
 * and of h */
export const CELL_CENTRE = 0;
export const CELL_SCALE = 8;
export const CELL_PHI_PSI = 16;
export const CELL_H = 144;
export const CELL_BYTES = 208;

// ---------------------------------------------------------------- other regions

/** 257 abscissae and 257 ordinates, f64 */
export const ZIGGURAT_BYTES = 4112;
/** four Taylor series of up to 32 coefficients, f64 */
export const SERIES_BYTES = 1024;
/**
 * Histograms of rates (histogram.ts). The top bits of a double are its bin, 2^14 to an octave: those above
 * HISTOGRAM_BIN_SHIFT. A page holds the f64 counts of HISTOGRAM_PAGE_BINS of them, an eighth of an octave, and a
 * histogram is a directory of u32 addresses of pages, 0 where no rate has been yet: for all positive doubles.
 */
export const HISTOGRAM_BIN_SHIFT = 38;
export const HISTOGRAM_PAGE_SHIFT = 11;
export const HISTOGRAM_PAGE_BINS = 2048;
export const HISTOGRAM_PAGE_BYTES = 16384;
export const HISTOGRAM_PAGES_PER_OCTAVE = 8;
export const HISTOGRAM_DIRECTORY_ENTRIES = 16384;
/** up to this many servers a row's quantiles are exact order statistics */
export const EXACT_QUANTILE_SERVERS = 65536;
/** behind the rates of such a row and a byte for each: u32 counts of them in 256 buckets, f64 origin, f64 buckets per unit */
export const BUCKETS = 256;
export const BUCKET_ORIGIN = 1024;
export const BUCKET_SCALE = 1032;
export const BUCKET_BYTES = 1040;
/** f64 columns of the trajectory before and after the quantiles */
export const COLUMN_TIME = 0;
export const COLUMN_MEAN = 1;
export const COLUMN_SD = 2;
export const COLUMN_MIN = 3;
export const COLUMN_MAX = 4;
export const COLUMN_BUSY = 5;
export const COLUMN_MAX_TASKS = 6;
export const COLUMN_MEAN_TASKS = 7;
export const COLUMN_DROPPED = 8;
export const COLUMN_QUANTILES = 9;

// ---------------------------------------------------------------- codes

export const UNBOUNDED = 0xffffffff;
export const ARRIVAL = 0x80000000;
export const G_POWER = 0;
export const G_SHIFTED = 1;
export const RATES_GIVEN = 0;
export const RATES_UNIFORM = 1;
export const RATES_EQUAL = 2;
export const TASKS_GIVEN = 0;
export const TASKS_EQUAL = 1;
export const DRIFT_FROZEN = 0;
export const DRIFT_INVERSE_QUADRATIC = 1;
export const DRIFT_GENERAL = 2;
export const DRIFT_TABLE = 3;
export const ERROR_RATE_ABOVE_BOUND = 1;
/** what `run` returns */
export const RUN_REACHED = 0;
export const RUN_BUDGET = 1;
export const RUN_ERROR = 2;
