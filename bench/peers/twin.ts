/**
 * The engine's algorithm in plain TypeScript, as fast as care makes it: what WebAssembly and SIMD are worth. One
 * Float64Array of records, 32-bit random numbers, the power series for the rates, no allocation. Other random
 * numbers than the engine's, so other events; the same law.
 *
 *   node twin.js n=100 lambda=0.8 m=500 low=0 high=2 from=0 until=100 seed=1 [samples=1] [variant=block|single]
 *
 * `single` draws one candidate at a time; `block` draws many at once, so that cache misses overlap
 * (assembly/block.ts). Times are absolute.
 */
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { seedWords } from '../../src/engine/seed.js';
import { type Measurement, measure, type PeerParameters, type System } from './measurement.js';

export type Variant = 'single' | 'block';

export function runTypeScriptTwin(
  parameters: PeerParameters,
  variant: Variant = bestVariant(parameters.n),
): Measurement {
  return measure(new TypeScriptTwin(parameters, variant), parameters);
}

/** Blocks pay once the records have outgrown the caches. */
function bestVariant(n: number): Variant {
  return n < 50_000 ? 'single' : 'block';
}

// ---------------------------------------------------------------- random numbers

/** sfc32 of C. Doty-Humphrey's PractRand: 128 bits of state, a counter among them. */
class Sfc32 {
  readonly #state: Int32Array;

  constructor(words: ArrayLike<number>) {
    this.#state = Int32Array.from([words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, 1]);
    this.fill(new Int32Array(20)); // until the seed has spread
  }

  /** Fills an array: the state stays in registers. */
  fill(out: Int32Array): void {
    const state = this.#state;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    for (let i = 0; i < out.length; i++) {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      out[i] = t;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  /** On [0, 1), for where it is needed rarely. */
  unit(): number {
    this.fill(this.#one);
    return ((this.#one[0] as number) >>> 0) * TO_UNIT;
  }
  readonly #one = new Int32Array(1);
}

const TO_UNIT = 2 ** -32;
/** Of the 21 bits below 32 others: 53 in all. */
const TO_LOWER = 2 ** -21;
/** Outputs per candidate: two for kind and slot, whose spare bits choose the layer, and one each for gap and fate. */
const WORDS = 4;

// Ziggurat of 256 layers (Marsaglia and Tsang 2000), as in assembly/random/exponential.ts.
const TAIL = 7.69711747013105;
const AREA = 0.003949659822581557;
const ABSCISSAE = new Float64Array(257);
const ORDINATES = new Float64Array(257);
ABSCISSAE[0] = AREA * Math.exp(TAIL);
for (let i = 1, x = TAIL; i < 256; i++) {
  ABSCISSAE[i] = x;
  ORDINATES[i] = Math.exp(-x);
  x = -Math.log(AREA / x + Math.exp(-x));
}
ORDINATES[256] = 1;

/** What is beyond the rectangle of a layer. */
function edge(random: Sfc32, firstLayer: number, firstX: number): number {
  let offset = 0;
  let layer = firstLayer;
  let x = firstX;
  while (x >= (ABSCISSAE[layer + 1] as number)) {
    if (layer === 0) {
      offset += TAIL;
    } else {
      const low = ORDINATES[layer] as number;
      const high = ORDINATES[layer + 1] as number;
      if (low + random.unit() * (high - low) < Math.exp(-x)) break;
    }
    layer = (random.unit() * 256) | 0;
    x = random.unit() * (ABSCISSAE[layer] as number);
  }
  return offset + x;
}

// ---------------------------------------------------------------- the rate equation

// as in six-coefficients.ts, steps.ts and ten-coefficients.ts of assembly/rate-equation/
const SMALL = 1 / 200;
const STEP_G = 0.018;
const STEP_SIZE = 0.05;
const NEGLIGIBLE = 1e-11;

/**
 * Gaps to solve (2.2) over, by column. They come in arrays because V8 boxes numbers that are arguments of a
 * function too long to be inlined, as the series is.
 */
class Lanes {
  readonly dt = new Float64Array(64);
  readonly signal = new Float64Array(64);
  readonly slope = new Float64Array(64);
  /** before and after */
  readonly rate = new Float64Array(64);
  readonly g: number;
  readonly h: number;

  constructor(m: number) {
    this.g = 1 / m;
    this.h = 0.2 / m;
  }
}

/** The rates of `count` lanes, by the series of assembly/rate-equation/six-coefficients.ts. */
function advanceLanes(lanes: Lanes, count: number): void {
  const { g, h, dt: gaps, signal: signals, slope: slopes, rate: rates } = lanes;
  for (let k = 0; k < count; k++) {
    const rate = rates[k] as number;
    const dt = gaps[k] as number;
    const hdt = h * dt;
    const inverse = 1 / rate;
    const G = g * dt * (inverse * inverse * inverse);
    const H = hdt * inverse;
    const P = hdt * (signals[k] as number);
    const Q = hdt * dt * (slopes[k] as number);
    if (!(G + H + P + Q <= SMALL)) {
      advanceFar(lanes, k);
      continue;
    }
    const x1 = G - (H + P);
    const c = P + G + G;
    const u = 6 * G * x1;
    const v = u - Q;
    const w = 4 * u * x1;
    const x2 = c * x1 + Q;
    const y = 3 * x2;
    const x3 = c * x2 + (v - Q) * x1;
    const x4 = c * x3 + (v * y + w * x1);
    const x5 = c * x4 + (4 * v * x3 + y * (6 * G * x2 + 2 * w));
    const x6 = c * x5 + (5 * v * x4 + 20 * u * x2 * y);
    const low = x1 - (1 / 2) * x2 + (1 / 6) * x3;
    rates[k] = rate + rate * (low - (1 / 24) * x4 + (1 / 120) * x5) - (1 / 720) * rate * x6;
  }
}

/** One rate, by way of a lane. */
function advance(lanes: Lanes, rate: number, signal: number, slope: number, dt: number): number {
  lanes.rate[0] = rate;
  lanes.signal[0] = signal;
  lanes.slope[0] = slope;
  lanes.dt[0] = dt;
  advanceLanes(lanes, 1);
  return lanes.rate[0] as number;
}

/** Lane `k` in as many steps of ten coefficients, for f = μ₀/μ, as it takes. */
function advanceFar(lanes: Lanes, k: number): void {
  const { g, h } = lanes;
  const slope = lanes.slope[k] as number;
  const length = lanes.dt[k] as number;
  // (2.2) is singular at 0, and from there on gets anywhere at once
  let inverse = 1 / Math.max(lanes.rate[k] as number, 1e-6);
  let signal = lanes.signal[k] as number;
  let part = 1;
  for (let left = length; left > 0; ) {
    const drive = g * (inverse * inverse * inverse);
    const size = drive + h * (inverse + signal + left * slope);
    const steps = Math.ceil(left * Math.max(drive / STEP_G, size / STEP_SIZE));
    const dt = (part * left) / steps;
    const G = drive * dt;
    const H = h * dt * inverse;
    const P = h * dt * signal;
    const Q = h * dt * dt * slope;
    const D = H - 2 * G;
    const E = H - 6 * G;
    const c = 2 * D + P;
    const f1 = H + P - G;
    const d1 = 2 * f1;
    const l = Q + d1 * E;
    const e = 2 * G * d1;
    const f2 = (1 / 2) * (c * f1 + Q);
    const S2 = f1 * f1;
    const f3 = (1 / 3) * (c * f2 + (Q * f1 + E * S2));
    const d2 = 2 * f2;
    const s2 = d2 + S2;
    const f4 = (1 / 4) * (c * f3 + (l * f2 - e * S2));
    const d3 = 2 * f3;
    const S3 = d1 * f2;
    const s3 = d3 + S3;
    const A4 = f2 * f2;
    const B4 = s2 * s2;
    const f5 = (1 / 5) * (c * f4 + (l * f3 + (D * A4 - (G * B4 + e * S3))));
    const d4 = 2 * f4;
    const S4 = d1 * f3 + A4;
    const s4 = d4 + S4;
    const t2 = 2 * s2;
    const A5 = d2 * f3;
    const B5 = t2 * s3;
    const f6 = (1 / 6) * (c * f5 + (l * f4 + (D * A5 - (G * B5 + e * S4))));
    const S5 = d1 * f4 + A5;
    const s5 = 2 * f5 + S5;
    const A6 = d2 * f4 + f3 * f3;
    const B6 = t2 * s4 + s3 * s3;
    const f7 = (1 / 7) * (c * f6 + (l * f5 + (D * A6 - (G * B6 + e * S5))));
    const S6 = d1 * f5 + A6;
    const s6 = 2 * f6 + S6;
    const t3 = 2 * s3;
    const A7 = d2 * f5 + d3 * f4;
    const B7 = t2 * s5 + t3 * s4;
    const f8 = (1 / 8) * (c * f7 + (l * f6 + (D * A7 - (G * B7 + e * S6))));
    const S7 = d1 * f6 + A7;
    const s7 = 2 * f7 + S7;
    const A8 = d2 * f6 + (d3 * f5 + f4 * f4);
    const B8 = t2 * s6 + (t3 * s5 + s4 * s4);
    const f9 = (1 / 9) * (c * f8 + (l * f7 + (D * A8 - (G * B8 + e * S7))));
    const S8 = d1 * f7 + A8;
    const A9 = d2 * f7 + (d3 * f6 + d4 * f5);
    const B9 = t2 * s7 + (t3 * s6 + 2 * s4 * s5);
    const f10 = (1 / 10) * (c * f9 + (l * f8 + (D * A9 - (G * B9 + e * S8))));
    if (!(Math.abs(f9) <= NEGLIGIBLE && Math.abs(f10) <= NEGLIGIBLE)) {
      part *= 0.5;
      continue;
    }
    inverse += inverse * (f1 + f2 + (f3 + f4) + (f5 + f6) + (f7 + f8) + (f9 + f10));
    signal += slope * dt;
    left = dt === left ? 0 : left - dt;
    part = 1;
  }
  lanes.rate[k] = 1 / inverse;
}

// ---------------------------------------------------------------- the system

/** Fields of a record; the busy records come first. */
const RATE = 0;
const SINCE = 1;
const SIGNAL = 2;
const ID = 3;
const RECORD = 4;

/** Candidates per block, and by how much busy or idle servers may grow within one. */
function blockShape(n: number): { size: number; slack: number } {
  if (n < 1000) return { size: 16, slack: 6 };
  if (n < 100_000) return { size: 32, slack: 16 };
  return { size: 64, slack: 64 };
}

class TypeScriptTwin implements System {
  readonly #n: number;
  readonly #arrivals: number;
  readonly #lanes: Lanes;
  /** for single rates within a block */
  readonly #lane: Lanes;
  readonly #epochLength: number;
  readonly #variant: Variant;
  readonly #random: Sfc32;
  readonly #records: Float64Array;
  #busy = 0;
  #time = 0;
  #epochEnd = 0;
  #bound = 0;
  #events = 0;
  /** ∫ of busy servers is busy × time − #busyMoments */
  #busyMoments = 0;

  constructor({ n, lambda, m, low, high, seed }: PeerParameters, variant: Variant) {
    this.#n = n;
    this.#arrivals = lambda * n;
    this.#lanes = new Lanes(m);
    this.#lane = new Lanes(m);
    this.#epochLength = Math.max(8 / lambda, 256 / (lambda * n));
    this.#variant = variant;
    this.#random = new Sfc32(seedWords(seed));
    this.#records = new Float64Array(n * RECORD);
    for (let v = 0; v < n; v++) {
      this.#records[v * RECORD + RATE] = low + (high - low) * this.#random.unit();
      this.#records[v * RECORD + ID] = v;
    }
    this.#renewEpoch();
  }

  /** Candidates beyond a stop or the end of an epoch are forgotten, and drawn anew. */
  run(until: number): void {
    while (this.#time < until) {
      const stop = Math.min(until, this.#epochEnd);
      if (this.#variant === 'single') this.#runSingly(stop);
      else this.#runInBlocks(stop);
      if (stop === this.#epochEnd) this.#renewEpoch();
    }
  }

  events(): number {
    return this.#events;
  }

  busyTime(): number {
    return this.#busy * this.#time - this.#busyMoments;
  }

  meanRate(): number {
    let sum = 0;
    for (let slot = 0; slot < this.#n; slot++) sum += this.#rateNow(slot * RECORD);
    return sum / this.#n;
  }

  #rateNow(record: number): number {
    const records = this.#records;
    return advance(
      this.#lane,
      records[record + RATE] as number,
      records[record + SIGNAL] as number,
      record < this.#busy * RECORD ? 0 : 1,
      this.#time - (records[record + SINCE] as number),
    );
  }

  /** Brings every record up to date and proves a new bound on the rates (assembly/epoch.ts). */
  #renewEpoch(): void {
    const records = this.#records;
    let largest = 0;
    for (let slot = 0; slot < this.#n; slot++) {
      const record = slot * RECORD;
      const rate = this.#rateNow(record);
      if (slot >= this.#busy) {
        records[record + SIGNAL] =
          (records[record + SIGNAL] as number) + this.#time - (records[record + SINCE] as number);
      }
      records[record + RATE] = rate;
      records[record + SINCE] = this.#time;
      largest = Math.max(largest, rate);
    }
    const later = advance(this.#lane, largest, 0, 0, this.#epochLength);
    this.#bound = Math.max(largest, later) * (1 + 1e-9);
    this.#epochEnd = this.#time + this.#epochLength;
  }

  readonly #words = new Int32Array(256 * WORDS);

  #runSingly(stop: number): void {
    const words = this.#words;
    const random = this.#random;
    const records = this.#records;
    const n = this.#n;
    const arrivals = this.#arrivals;
    const bound = this.#bound;
    const lane = this.#lane;
    let busy = this.#busy;
    let time = this.#time;
    let moments = this.#busyMoments;
    let events = 0;
    let next = words.length;
    while (true) {
      if (next === words.length) {
        random.fill(words);
        next = 0;
      }
      const word = words[next] as number;
      const total = arrivals + bound * busy;
      const layer = word & 255;
      const x = ((words[next + 2] as number) >>> 0) * TO_UNIT * (ABSCISSAE[layer] as number);
      const wait = x < (ABSCISSAE[layer + 1] as number) ? x : edge(random, layer, x);
      time += wait / total;
      if (time > stop) break;
      const low = (words[next + 1] as number) >>> 0;
      const point = ((word >>> 11) * TO_LOWER + low) * TO_UNIT * total;
      next += WORDS;
      if (point < arrivals) {
        if (busy === n) continue;
        const slot = busy + Math.min(((point / arrivals) * (n - busy)) | 0, n - busy - 1);
        const record = slot * RECORD;
        const signal = records[record + SIGNAL] as number;
        const gap = time - (records[record + SINCE] as number);
        const rate = advance(lane, records[record + RATE] as number, signal, 1, gap);
        const id = records[record + ID] as number;
        const border = busy * RECORD;
        records[record + RATE] = records[border + RATE] as number;
        records[record + SINCE] = records[border + SINCE] as number;
        records[record + SIGNAL] = records[border + SIGNAL] as number;
        records[record + ID] = records[border + ID] as number;
        records[border + RATE] = rate;
        records[border + SINCE] = time;
        records[border + SIGNAL] = signal + gap;
        records[border + ID] = id;
        busy += 1;
        moments += time;
        events += 1;
      } else {
        const slot = Math.min(((point - arrivals) / bound) | 0, busy - 1);
        const record = slot * RECORD;
        const signal = records[record + SIGNAL] as number;
        const gap = time - (records[record + SINCE] as number);
        const rate = advance(lane, records[record + RATE] as number, signal, 0, gap);
        if (rate > bound) throw new Error(`rate ${rate} above the bound ${bound}`);
        const accept = ((words[next - 1] as number) >>> 0) * TO_UNIT;
        if (accept * bound >= rate) {
          records[record + RATE] = rate;
          records[record + SINCE] = time;
          continue;
        }
        const id = records[record + ID] as number;
        busy -= 1;
        const last = busy * RECORD;
        records[record + RATE] = records[last + RATE] as number;
        records[record + SINCE] = records[last + SINCE] as number;
        records[record + SIGNAL] = records[last + SIGNAL] as number;
        records[record + ID] = records[last + ID] as number;
        records[last + RATE] = rate;
        records[last + SINCE] = time;
        records[last + SIGNAL] = 0;
        records[last + ID] = id;
        moments -= time;
        events += 1;
      }
    }
    this.#busy = busy;
    this.#time = stop;
    this.#busyMoments = moments;
    this.#events += events;
  }

  // columns of a block
  readonly #blockWords = new Int32Array(64 * WORDS);
  readonly #times = new Float64Array(64);
  readonly #sinces = new Float64Array(64);
  readonly #ids = new Float64Array(64);
  readonly #picks = new Int32Array(64);

  #runInBlocks(stop: number): void {
    const { size, slack } = blockShape(this.#n);
    const words = this.#blockWords.subarray(0, size * WORDS);
    const times = this.#times;
    const lanes = this.#lanes;
    const { dt: gaps, rate: rates, signal: signals, slope: slopes } = lanes;
    const sinces = this.#sinces;
    const ids = this.#ids;
    const picks = this.#picks;
    const random = this.#random;
    const records = this.#records;
    const n = this.#n;
    const arrivals = this.#arrivals;
    const bound = this.#bound;
    const lane = this.#lane;
    let busy = this.#busy;
    let time = this.#time;
    let moments = this.#busyMoments;
    let events = 0;
    while (time < stop) {
      // draw
      const busyCap = Math.min(
        n,
        busy + Math.floor(Math.min(slack, 0.25 * (arrivals / bound + busy))),
      );
      const idleCap = Math.min(n, n - busy + slack);
      const total = arrivals + bound * busyCap;
      const meanGap = 1 / total;
      const idleSlots = idleCap / arrivals;
      const busySlots = 1 / bound;
      random.fill(words);
      for (let k = 0, w = 0; k < size; k++, w += WORDS) {
        const word = words[w] as number;
        const low = (words[w + 1] as number) >>> 0;
        const point = ((word >>> 11) * TO_LOWER + low) * TO_UNIT * total;
        // without branches: no predictor can tell arrivals from completions
        const arrival = Number(point < arrivals);
        const slots =
          (point - (1 - arrival) * arrivals) * (busySlots + arrival * (idleSlots - busySlots));
        const slot = Math.min(slots | 0, busyCap - 1 + arrival * (idleCap - busyCap));
        slopes[k] = arrival;
        picks[k] = slot + arrival * (n - 1 - 2 * slot);
      }
      for (let k = 0; k < size; k++) {
        const record = (picks[k] as number) * RECORD;
        rates[k] = records[record + RATE] as number;
        sinces[k] = records[record + SINCE] as number;
        signals[k] = records[record + SIGNAL] as number;
        ids[k] = records[record + ID] as number;
      }
      let drawn = time;
      for (let k = 0, w = 0; k < size; k++, w += WORDS) {
        const layer = (words[w] as number) & 255;
        const x = ((words[w + 2] as number) >>> 0) * TO_UNIT * (ABSCISSAE[layer] as number);
        drawn += (x < (ABSCISSAE[layer + 1] as number) ? x : edge(random, layer, x)) * meanGap;
        times[k] = drawn;
        gaps[k] = drawn - (sinces[k] as number);
      }
      advanceLanes(lanes, size);

      // commit, in order of time
      for (let k = 0; k < size; k++) {
        const t = times[k] as number;
        if (t > stop) {
          time = stop;
          break;
        }
        time = t;
        const pick = picks[k] as number;
        if (slopes[k] === 1) {
          if (busy === n) continue;
          let slot = pick;
          if (slot < busy) slot = busy + ((random.unit() * (n - busy)) | 0);
          const record = slot * RECORD;
          const since = records[record + SINCE] as number;
          const signal = records[record + SIGNAL] as number;
          const id = records[record + ID] as number;
          const gap = t - since;
          const rate =
            slot === pick && since === sinces[k] && id === ids[k]
              ? (rates[k] as number)
              : advance(lane, records[record + RATE] as number, signal, 1, gap);
          const border = busy * RECORD;
          records[record + RATE] = records[border + RATE] as number;
          records[record + SINCE] = records[border + SINCE] as number;
          records[record + SIGNAL] = records[border + SIGNAL] as number;
          records[record + ID] = records[border + ID] as number;
          records[border + RATE] = rate;
          records[border + SINCE] = t;
          records[border + SIGNAL] = signal + gap;
          records[border + ID] = id;
          busy += 1;
          moments += t;
          events += 1;
          if (busy > busyCap) break;
        } else if (pick < busy) {
          const record = pick * RECORD;
          const since = records[record + SINCE] as number;
          const signal = records[record + SIGNAL] as number;
          const id = records[record + ID] as number;
          const rate =
            since === sinces[k] && id === ids[k]
              ? (rates[k] as number)
              : advance(lane, records[record + RATE] as number, signal, 0, t - since);
          if (rate > bound) throw new Error(`rate ${rate} above the bound ${bound}`);
          const accept = ((words[k * WORDS + 3] as number) >>> 0) * TO_UNIT;
          if (accept * bound >= rate) {
            records[record + RATE] = rate;
            records[record + SINCE] = t;
            continue;
          }
          busy -= 1;
          const last = busy * RECORD;
          records[record + RATE] = records[last + RATE] as number;
          records[record + SINCE] = records[last + SINCE] as number;
          records[record + SIGNAL] = records[last + SIGNAL] as number;
          records[record + ID] = records[last + ID] as number;
          records[last + RATE] = rate;
          records[last + SINCE] = t;
          records[last + SIGNAL] = 0;
          records[last + ID] = id;
          moments -= t;
          events += 1;
          if (n - busy > idleCap) break;
        }
      }
    }
    this.#busy = busy;
    this.#time = stop;
    this.#busyMoments = moments;
    this.#events += events;
  }
}

// ---------------------------------------------------------------- command line

function fromCommandLine(): void {
  const given = new Map(
    argv.slice(2).map((argument) => argument.split('=', 2) as [string, string]),
  );
  const number = (key: string, otherwise?: number) => {
    const value = Number(given.get(key) ?? otherwise);
    if (Number.isNaN(value)) throw new Error(`missing argument, or not a number: ${key}=`);
    return value;
  };
  const n = number('n');
  const parameters: PeerParameters = {
    n,
    lambda: number('lambda'),
    m: number('m'),
    low: number('low'),
    high: number('high'),
    from: number('from', 0),
    until: number('until'),
    samples: number('samples', 1),
    seed: given.get('seed') ?? '1',
  };
  const variant = (given.get('variant') ?? bestVariant(n)) as Variant;
  console.log(JSON.stringify(runTypeScriptTwin(parameters, variant)));
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) fromCommandLine();
