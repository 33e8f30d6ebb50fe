/** A machine of a fleet: takes packs from a queue, runs them on its threads, and brings the results. */
import type { Job as PackJob, Worker as PackWorker } from 'bullmq';
import { EXPERIMENTS } from '../experiments/index.js';
import { acceptedEvents } from '../figures/figures.js';
import { Lane } from '../studies/lane.js';
import type { Job } from '../studies/queue.js';
import { replicationOf } from '../studies/result.js';
import { Connection } from './connection.js';
import { pause, randomName, within } from './pause.js';
import {
  ANNOUNCEMENTS,
  type Answer,
  announcementOf,
  answerOf,
  COORDINATED,
  jobsOf,
  LONGEST,
  QUEUE,
  Refusal,
  resultsKey,
} from './protocol.js';
import type { WorkDone, WorkOptions } from './work.js';

/** Milliseconds for which a pack is a worker's without being renewed; then another gets it. */
const LOCK = 6000;
/** Workers that may die of a pack before it counts as deadly. */
const DEATHS = 20;
/** Milliseconds between two announcements. */
const BEAT = 1000;
/** Times that a result is offered, a beat apart, where nobody waits for it: a queue may have forgotten who does. */
const OFFERS = 10;

interface Options extends Pick<WorkOptions, 'signal' | 'untilIdle'> {
  workers: number;
  grace: number;
  onNotice: (message: string) => void;
}

/** A pack that is being run. */
interface Task {
  lane: Lane;
  /** accepted arrivals and departures of its runs that are done */
  events: number;
}

export class Machine {
  readonly #connection: Connection;
  readonly #options: Options;
  readonly #name: string;
  readonly #lanes: readonly Lane[];
  readonly #free: Lane[];
  readonly #tasks = new Map<string, Task>();
  /** aborted when the runs under way have to be given up */
  readonly #giveUp = new AbortController();
  readonly #done: WorkDone = { packs: 0, runs: 0 };
  #busyAt = performance.now();

  /** Waits for the queue. @throws {ConfigError} if it cannot be used */
  static async open(queue: string, options: Options): Promise<Machine> {
    return new Machine(await Connection.open(queue, options.onNotice, options.signal), options);
  }

  private constructor(connection: Connection, options: Options) {
    const { hostname } = process.getBuiltinModule('node:os');
    this.#connection = connection;
    this.#options = options;
    this.#name = `${hostname()}:${process.pid}:${randomName(4)}`;
    this.#lanes = Array.from({ length: options.workers }, () => new Lane());
    this.#free = [...this.#lanes];
  }

  /** Takes packs until it is told to stop, or there is nothing to do. */
  async work(): Promise<WorkDone> {
    const { signal } = this.#options;
    if (!signal?.aborted) {
      const worker = this.#start();
      await this.#untilTold();
      await this.#end(worker);
    }
    for (const lane of this.#lanes) lane.end();
    this.#connection.close();
    return this.#done;
  }

  #start(): PackWorker {
    const { bullmq } = this.#connection.peers;
    const worker = new bullmq.Worker(QUEUE, (job, token) => this.#process(job, token as string), {
      ...this.#connection.options,
      concurrency: this.#options.workers,
      lockDuration: LOCK,
      lockRenewTime: LOCK / 3,
      stalledInterval: LOCK / 2,
      maxStalledCount: DEATHS,
      runRetryDelay: 500,
      removeOnComplete: { count: 0 },
      // the coordinator looks for those that failed
      removeOnFail: { age: 3600 },
    });
    worker.on('error', (error) => {
      // a pack that another worker has meanwhile, or that the queue has forgotten: its result has been brought
      if (!/lock|Missing key/i.test(error.message)) this.#connection.complain(error);
    });
    return worker;
  }

  /** Announces what is done, until the signal comes or there is nothing to do. */
  async #untilTold(): Promise<void> {
    const { signal, untilIdle } = this.#options;
    const told = new AbortController();
    signal?.addEventListener('abort', () => told.abort());
    while (!signal?.aborted) {
      const { redis } = this.#connection;
      if (this.#tasks.size > 0) this.#busyAt = performance.now();
      if (redis.status === 'ready') {
        // not awaited: it would wait for a queue that goes just now
        void redis.publish(ANNOUNCEMENTS, this.#announcement()).catch(() => {});
        if (untilIdle !== undefined && (await this.#isIdle(untilIdle))) return;
      } else {
        this.#busyAt = performance.now(); // nobody knows what there is to do
      }
      await pause(BEAT, told.signal);
    }
  }

  /** Whether for so many seconds there was nothing to do, and no coordinator who may have something to do. */
  async #isIdle(seconds: number): Promise<boolean> {
    if ((await this.#connection.redis.exists(COORDINATED)) === 1) this.#busyAt = performance.now();
    return performance.now() - this.#busyAt >= 1000 * seconds;
  }

  #announcement(): string {
    const packs = [...this.#tasks].map(
      ([pack, { lane, events }]) => [pack, events + lane.events] as [string, number],
    );
    return announcementOf({ worker: this.#name, lanes: this.#lanes.length, packs });
  }

  /** Takes no more packs; those under way have the grace to end in, and are handed back after it. */
  async #end(worker: PackWorker): Promise<void> {
    const { grace } = this.#options;
    const timer = setTimeout(() => this.#giveUp.abort(), 1000 * grace);
    const beat = setInterval(() => {
      if (this.#connection.redis.status !== 'ready') return;
      void this.#connection.redis.publish(ANNOUNCEMENTS, this.#announcement()).catch(() => {});
    }, BEAT);
    // a queue that is gone cannot be told anything
    await within(1000 * grace + OFFERS * BEAT, worker.close());
    clearTimeout(timer);
    clearInterval(beat);
  }

  /** Runs a pack and brings its results, or says why it cannot. */
  async #process(packJob: PackJob, token: string): Promise<void> {
    const id = packJob.id as string;
    let found: ReturnType<typeof jobsOf>;
    try {
      found = jobsOf(packJob.data);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.#refuse(id, error.message);
      return;
    }
    const key = resultsKey(found.pack.sweep);
    if ((await this.#connection.redis.exists(key)) === 0) return; // nobody waits for it
    const lane = this.#free.pop() as Lane;
    const task: Task = { lane, events: 0 };
    this.#tasks.set(id, task);
    try {
      const began = performance.now();
      const runs = await this.#run(found, task);
      if (!runs) {
        await packJob.moveToWait(token);
        throw new this.#connection.peers.bullmq.WaitingError();
      }
      const seconds = (performance.now() - began) / 1000;
      await this.#bring(key, { pack: id, worker: this.#name, seconds, refused: null, runs });
      this.#done.packs++;
      this.#done.runs += runs.length;
    } finally {
      this.#tasks.delete(id);
      this.#busyAt = performance.now();
      this.#free.push(lane);
    }
  }

  /** The results of a pack's runs; null if they were given up. */
  async #run(
    { pack, jobs }: ReturnType<typeof jobsOf>,
    task: Task,
  ): Promise<Answer['runs'] | null> {
    const measure = EXPERIMENTS.find(({ name }) => name === pack.experiment)?.measure;
    const runs: Answer['runs'] = [];
    for (const job of jobs) {
      const { point, replication } = job;
      try {
        const result = await task.lane.simulate(job.config, this.#giveUp.signal, (why) =>
          this.#say(job, `${why}; trying once more`),
        );
        if (result.status !== 'completed') return null;
        task.events += acceptedEvents(result.events);
        const kept = replicationOf(job, result, measure) as unknown as Record<string, unknown>;
        runs.push({ point, replication, result: kept });
      } catch (error) {
        if (this.#giveUp.signal.aborted) return null;
        const { message } = error as Error;
        this.#say(job, message);
        runs.push({ point, replication, failure: message.slice(0, 1000) });
      }
    }
    return runs;
  }

  #say({ point, replication }: Job, message: string): void {
    this.#options.onNotice(`point ${point}, replication ${replication}: ${message}`);
  }

  async #bring(key: string, answer: Parameters<typeof answerOf>[0]): Promise<void> {
    let text = answerOf(answer);
    if (text.length > LONGEST) {
      const failure = `its pack has results of ${text.length} characters; a queue takes ${LONGEST}`;
      const runs = answer.runs.map(({ point, replication }) => ({ point, replication, failure }));
      text = answerOf({ ...answer, runs });
    }
    for (let offer = 0; offer < OFFERS; offer++) {
      const { redis } = this.#connection;
      if ((await redis.xadd(key, 'NOMKSTREAM', '*', 'answer', text)) !== null) return;
      await pause(BEAT, this.#giveUp.signal);
    }
  }

  async #refuse(id: string, why: string): Promise<void> {
    this.#options.onNotice(`refused a pack (${id.slice(0, 60)}): ${why}`);
    const [sweep = ''] = id.split('-');
    if (!/^[0-9a-f]{32}$/.test(sweep)) return;
    const answer = { pack: id, worker: this.#name, seconds: 0, refused: why, runs: [] };
    const text = answerOf({ ...answer, refused: why.slice(0, 1000) });
    await this.#connection.redis.xadd(resultsKey(sweep), 'NOMKSTREAM', '*', 'answer', text);
  }
}
