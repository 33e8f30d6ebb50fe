/**
 * What the worker does: it runs one simulation, asks theory, or measures the machine, as the page tells it. A page has one of it for each
 * of these, so that none waits for another.
 */
import { yieldToEventLoop } from '#platform';
import { ConfigError } from '../../src/index.js';
import { measureSpeed } from '../../src/run/speed.js';
import type { FromWorker, Pace, Port, ToWorker } from './protocol.js';
import { SteeredRun } from './steered-run.js';
import { predictionOf } from './theory.js';

/** Milliseconds between two snapshots, at least. */
const FRAME = 1000 / 60;
/** A run that cannot keep its pace does not try to catch up with more than this, in milliseconds. */
const LARGEST_DEBT = 250;
/** Milliseconds over which events per second are counted. */
const COUNTING = 500;

/** Milliseconds between two updates: a slider that is drawn would fill the configuration with changes otherwise. */
const STEERING = 80;

type Told = Exclude<ToWorker, { type: 'predict' | 'benchmark' }>;

/** Answers what comes through a port. */
export function serve(port: Port<FromWorker, ToWorker>): void {
  const complain = (error: unknown) => {
    const field = error instanceof ConfigError ? error.field : null;
    const text = error instanceof Error ? error.message : String(error);
    port.post({ type: 'error', field, message: field ? text.slice(field.length + 2) : text });
  };
  const show = new Show(port, complain);
  // one message after the other: some have to wait for what they do
  let last = Promise.resolve();
  port.listen((message) => {
    if (message.type === 'received') show.received();
    else last = last.then(() => answer(message)).catch(complain);
  });
  async function answer(message: ToWorker): Promise<void> {
    if (message.type === 'predict') {
      const { key, config, load } = message;
      port.post({ type: 'prediction', key, prediction: await predictionOf(config, load) });
    } else if (message.type === 'benchmark') {
      const { seconds } = message;
      const onProgress = (fraction: number) => port.post({ type: 'progress', fraction });
      port.post({ type: 'speeds', speeds: await measureSpeed({ seconds, onProgress }) });
    } else {
      await show.told(message);
    }
  }
}

/** A run against the clock. */
class Show {
  #run: SteeredRun | null = null;
  #pace: Pace = 'max';
  #running = false;
  /** end of a step */
  #until = Number.POSITIVE_INFINITY;
  /** at this time of the clock the run should have been at this time of its own */
  #anchor = { clock: 0, time: 0 };
  #looping = false;
  /** whether the page has seen the last snapshot, and knows the configuration */
  #seen = true;
  #configKnown = false;
  #posted = 0;
  #counted = { clock: 0, events: 0, perSecond: 0 };

  constructor(
    readonly port: Port<FromWorker, ToWorker>,
    readonly complain: (error: unknown) => void,
  ) {}

  async told(message: Told): Promise<void> {
    if (message.type === 'start') {
      this.#run = await SteeredRun.create(message.config);
      this.#pace = message.pace;
      this.#configKnown = false;
      this.#until = message.until ?? Number.POSITIVE_INFINITY;
      this.#seen = true;
      return this.#go();
    }
    const run = this.#run;
    if (!run) return; // what comes after a start that failed
    switch (message.type) {
      case 'pause':
        return this.#stop(run);
      case 'resume':
        this.#until = Number.POSITIVE_INFINITY;
        return this.#go();
      case 'step':
        this.#until = run.time + message.duration;
        return this.#go();
      case 'pace':
        this.#pace = message.pace;
        this.#anchor = { clock: performance.now(), time: run.time };
        return;
      case 'update':
        try {
          await run.update(message.change);
          this.#configKnown = false;
          if (!this.#running) this.#post(run);
        } finally {
          setTimeout(() => this.port.post({ type: 'updated' }), STEERING);
        }
        return;
      case 'data': {
        const { recording, time } = run;
        const rows = recording.after(Number.NEGATIVE_INFINITY);
        this.port.post({ type: 'data', rows, stateHash: run.stateHash(), time });
      }
    }
  }

  received(): void {
    this.#seen = true;
  }

  #go(): void {
    const run = this.#run as SteeredRun;
    this.#anchor = { clock: performance.now(), time: run.time };
    this.#counted = { clock: performance.now(), events: run.events, perSecond: 0 };
    this.#running = true;
    if (!this.#looping) this.#loop().catch(this.complain);
  }

  #stop(run: SteeredRun): void {
    if (this.#running) {
      this.#running = false;
      run.tidy();
      run.look();
    }
    this.#post(run);
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    try {
      while (this.#running && this.#run) {
        const run = this.#run;
        const clock = performance.now();
        const reached = run.advance(Math.min(this.#until, this.#allowed(clock)), this.#pace);
        if (run.time >= this.#until || run.finished) this.#stop(run);
        else if (this.#seen && performance.now() - this.#posted >= FRAME) this.#post(run);
        await (reached ? sleep(FRAME / 2) : yieldToEventLoop());
      }
    } finally {
      this.#looping = false;
      this.#running = false;
    }
  }

  /** Where the run may be by its pace. */
  #allowed(clock: number): number {
    if (this.#pace === 'max') return Number.POSITIVE_INFINITY;
    const { time } = this.#run as SteeredRun;
    const anchor = this.#anchor;
    const perMs = this.#pace / 1000;
    const allowed = anchor.time + (clock - anchor.clock) * perMs;
    if (allowed - time <= LARGEST_DEBT * perMs) return Math.max(time, allowed);
    this.#anchor = { clock, time: time + FRAME * perMs };
    return this.#anchor.time;
  }

  #post(run: SteeredRun): void {
    const clock = performance.now();
    const since = clock - this.#counted.clock;
    if (since >= COUNTING || this.#counted.perSecond === 0) {
      const perSecond = since > 0 ? (1000 * (run.events - this.#counted.events)) / since : 0;
      this.#counted = { clock, events: run.events, perSecond };
    }
    const look = {
      ...run.report(),
      eventsPerSecond: this.#running ? this.#counted.perSecond : 0,
      running: this.#running,
      config: this.#configKnown ? null : run.config,
      ...(!this.#running && { stateHash: run.stateHash() }),
    };
    this.#configKnown = true;
    this.#seen = false;
    this.#posted = clock;
    const buffers = [...Object.values(look.rows), look.rates, look.histogram.counts];
    this.port.post(
      { type: 'snapshot', look },
      buffers.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
