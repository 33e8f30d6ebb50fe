/** The threads of all machines that take packs from a queue, as the crew of a plan. This end coordinates. */
import type { Queue as PackQueue } from 'bullmq';
import type { Redis } from 'ioredis';
import { ConfigError } from '../errors.js';
import type { Crew, Desk } from '../studies/desk.js';
import type { Division } from '../studies/options.js';
import type { Job } from '../studies/queue.js';
import { Connection } from './connection.js';
import { Outstanding } from './outstanding.js';
import { PackSize } from './pack-size.js';
import { pause, randomName, within } from './pause.js';
import {
  type Answer,
  COORDINATED,
  jobsOf,
  LONGEST,
  MOST_RUNS,
  packOf,
  Refusal,
  readAnswer,
  resultsKey,
} from './protocol.js';
import { checkResult } from './result-check.js';
import { Roster } from './roster.js';

/** Runs that are with the queue and its workers, at most: so much of the queue's memory may a sweep take. */
const MOST_OUT = 20_000;
/** Packs for each thread: one that it runs, and one for which it need not wait. */
const PACKS_PER_THREAD = 2;
/** Times that a run is sent before it counts as failed: a result that cannot be used may be a worker's fault. */
const ATTEMPTS = 3;
/** Milliseconds between two looks at what has become of the packs. */
const LOOK = 5000;
/** Seconds for which results are kept for a coordinator that is gone, and for which a fleet counts as coordinated. */
const KEPT = 3600;
const PRESENCE = 30;
/** Results that are read at once, and milliseconds to wait for one. */
const AT_ONCE = 8;
const WAIT = 2000;

export class Fleet implements Crew {
  readonly #connection: Connection;
  readonly #packs: PackQueue;
  readonly #reader: Redis;
  readonly #roster: Roster;
  readonly #say: (message: string) => void;
  readonly #sweep: string;
  readonly #experiment: string | null;
  /** tells our packs from those of a coordinator before us */
  readonly #life = randomName(8);
  #number = 0;
  readonly #size = new PackSize();
  readonly #out = new Outstanding();
  readonly #stop = new AbortController();
  #woken = false;
  #resume: (() => void) | undefined;

  /**
   * Waits for the queue.
   * @throws {ConfigError} if there is code to be sent, or the queue cannot be used
   */
  static async open(queue: string, division: Division): Promise<Fleet> {
    const { measure, experiment, sweep = randomName(32), onNotice = () => {}, signal } = division;
    if (measure && experiment === undefined) {
      throw new ConfigError(
        'measure',
        'is a function, and only data travels to a queue; leave it out, or leave out queue',
      );
    }
    const connection = await Connection.open(queue, onNotice, signal);
    return new Fleet(connection, sweep, measure ? (experiment as string) : null, onNotice);
  }

  private constructor(
    connection: Connection,
    sweep: string,
    experiment: string | null,
    say: (message: string) => void,
  ) {
    this.#connection = connection;
    this.#sweep = sweep;
    this.#experiment = experiment;
    this.#say = say;
    this.#packs = connection.packs();
    this.#reader = connection.another();
    this.#roster = new Roster(connection, say, () => this.#wake());
  }

  get events(): number {
    return this.#roster.events((pack) => this.#out.hasPack(pack));
  }

  get workers(): number {
    return this.#roster.threads;
  }

  async work(desk: Desk): Promise<void> {
    const end = () => this.#end();
    desk.onAbort(end);
    try {
      if (desk.aborted) return;
      await this.#showPresence();
      await this.#adopt(desk);
      const loops = [this.#handOut(desk), this.#listen(desk), this.#look(desk)];
      await Promise.all(loops.map((loop) => loop.finally(end)));
    } finally {
      await this.#leave(desk.aborted);
    }
  }

  get #ended(): boolean {
    return this.#stop.signal.aborted;
  }

  #end(): void {
    this.#stop.abort();
    this.#reader.disconnect();
    this.#wake();
  }

  /** Sends packs as long as the threads need more. */
  async #handOut(desk: Desk): Promise<void> {
    while (!this.#ended) {
      if (this.#hasRoom()) {
        const jobs = await this.#gather(desk);
        if (jobs.length > 0) {
          await this.#send(jobs, desk);
          continue;
        }
        if (desk.out === 0) return;
      }
      await this.#change();
    }
  }

  #hasRoom(): boolean {
    const most = PACKS_PER_THREAD * Math.max(1, this.#roster.threads) + 1;
    return this.#out.packCount < most && this.#out.size < MOST_OUT;
  }

  /** Waits for something that may make room, or give a job. */
  async #change(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#woken = false;
  }

  #wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** The jobs of the next pack; none if there are none for now. */
  async #gather(desk: Desk): Promise<Job[]> {
    const jobs: Job[] = [];
    let seconds = 0;
    while (jobs.length < MOST_RUNS) {
      const back = this.#out.takeBack();
      const job = back ?? (await desk.takeNow());
      if (!job) break;
      if (!back) {
        if (!this.#out.add(job)) continue; // a pack of the coordinator before us has it
        if (desk.bringKept(job)) {
          this.#out.remove(job);
          continue;
        }
      }
      const alone = this.#out.isAlone(job);
      const each = this.#size.seconds(job.config);
      const target = this.#size.target(desk.left + jobs.length + 1, each, this.#roster.threads);
      if (jobs.length > 0 && (alone || seconds + each > target)) {
        this.#out.putBack(job);
        break;
      }
      jobs.push(job);
      seconds += each;
      if (alone) break;
    }
    return jobs;
  }

  async #send(jobs: readonly Job[], desk: Desk): Promise<void> {
    const pack = packOf(this.#sweep, this.#experiment, jobs);
    const { length } = JSON.stringify(pack);
    if (length <= LONGEST) {
      const id = `${this.#sweep}-${this.#life}-${this.#number++}`;
      this.#out.sent(id, jobs);
      await this.#packs.add('pack', pack, { jobId: id, removeOnComplete: true });
    } else if (jobs.length > 1) {
      for (const job of jobs) this.#out.putBack(job, true);
    } else {
      this.#fail(jobs[0] as Job, desk, `it has ${length} characters; a queue takes ${LONGEST}`);
    }
  }

  #fail(job: Job, desk: Desk, why: string): void {
    if (this.#out.remove(job)) desk.fail(job, why);
  }

  /** Books results as they come. What has been read stays on the queue until it is booked. */
  async #listen(desk: Desk): Promise<void> {
    const key = resultsKey(this.#sweep);
    while (!this.#ended) {
      const entries = await this.#read(key);
      for (const [, fields] of entries) await this.#book(desk, fields);
      if (entries.length > 0) {
        this.#wake();
        await this.#connection.redis.xdel(key, ...entries.map(([id]) => id));
      }
    }
  }

  async #read(key: string): Promise<[id: string, fields: string[]][]> {
    try {
      const read = await this.#reader.xread('COUNT', AT_ONCE, 'BLOCK', WAIT, 'STREAMS', key, '0');
      return read?.[0]?.[1] ?? [];
    } catch (error) {
      if (this.#ended) return [];
      this.#connection.complain(error as Error);
      await pause(WAIT, this.#stop.signal);
      return [];
    }
  }

  async #book(desk: Desk, fields: readonly string[]): Promise<void> {
    let answer: Answer;
    try {
      answer = readAnswer(fields[0] === 'answer' ? fields[1] : undefined);
      this.#checkPack(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#say(`refused: ${error.message}`);
      return;
    }
    const { pack, worker, seconds, runs, refused } = answer;
    if (refused === null) this.#size.learn(this.#out.configs(pack), seconds);
    else this.#say(`${worker} refused a pack: ${refused}`);
    for (const run of runs) {
      try {
        await this.#bookRun(desk, run);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#say(`refused a result of ${worker}: ${error.message}`);
      }
    }
    for (const job of this.#out.drop(pack)) {
      const why = refused ?? 'no worker brought a result that can be used';
      if (this.#out.countFailure(job) >= ATTEMPTS) this.#fail(job, desk, why);
      else this.#out.putBack(job);
    }
  }

  /** @throws {Refusal} */
  async #bookRun(desk: Desk, run: Answer['runs'][number]): Promise<void> {
    const { point, replication } = run;
    // a pack that was sent before us may bring what it is not the turn of
    const job = this.#out.get(point, replication) ?? (await desk.unknown(point, replication));
    if (!job) return; // it has come before
    if ('failure' in run) {
      this.#fail(job, desk, run.failure);
      return;
    }
    const result = checkResult(run.result, job, this.#experiment !== null);
    if (this.#out.remove(job)) await desk.bring(job, result);
    else await desk.keep(result);
  }

  /** @throws {Refusal} unless it is of a pack that this coordinator may have sent, or the one before it */
  #checkPack({ pack, worker }: Answer): void {
    const [sweep, life, number] = pack.split('-');
    if (sweep !== this.#sweep) {
      throw new Refusal(`a result of ${worker} is of another sweep (pack ${pack})`);
    }
    if (life === this.#life && Number(number) >= this.#number) {
      throw new Refusal(`a result of ${worker} is of a pack that was never sent (${pack})`);
    }
  }

  /** Takes over the packs that a coordinator before us has sent, as far as they are still wanted. */
  async #adopt(desk: Desk): Promise<void> {
    for (const { id, data } of await this.#packs.getJobs(['waiting', 'active'])) {
      if (typeof id !== 'string' || !id.startsWith(`${this.#sweep}-`)) continue;
      const wanted = await this.#wantedOf(data, desk);
      if (wanted.length > 0) this.#out.adopt(id, wanted);
      else await this.#packs.remove(id);
    }
  }

  /** The jobs of a pack that are still to be run as they are there. */
  async #wantedOf(data: unknown, desk: Desk): Promise<Job[]> {
    let jobs: Job[];
    try {
      const found = jobsOf(data);
      if (found.pack.experiment !== this.#experiment) return [];
      ({ jobs } = found);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [];
    }
    const wanted: Job[] = [];
    for (const job of jobs) {
      const ours = await desk.unknown(job.point, job.replication);
      if (ours && ours.config.seed === job.config.seed) wanted.push(job);
    }
    return wanted;
  }

  /** Looks now and then for packs that are lost, as when the queue has forgotten them, and puts back what they owe. */
  async #look(desk: Desk): Promise<void> {
    while (!this.#ended) {
      await pause(LOOK, this.#stop.signal);
      if (this.#ended) return;
      try {
        await this.#showPresence();
        await this.#putBackLost();
        await this.#putBackDeadly(desk);
      } catch (error) {
        if (this.#ended) return;
        this.#connection.complain(error as Error);
      }
      this.#roster.look();
      this.#wake();
    }
  }

  /** Makes the stream of results, which is there as long as somebody waits for them, and says that somebody does. */
  async #showPresence(): Promise<void> {
    const { redis } = this.#connection;
    const key = resultsKey(this.#sweep);
    await redis.set(COORDINATED, this.#life, 'EX', PRESENCE);
    if ((await redis.expire(key, KEPT)) === 1) return;
    await redis.multi().xadd(key, '1-1', 'empty', '').xdel(key, '1-1').expire(key, KEPT).exec();
  }

  async #putBackLost(): Promise<void> {
    const { redis } = this.#connection;
    const packs = this.#out.packs;
    const question = redis.pipeline();
    for (const pack of packs) question.exists(this.#packs.toKey(pack));
    const answers = (await question.exec()) ?? [];
    // a worker adds its result before the pack goes: with no result unread, a pack that is gone has none
    if ((await redis.xlen(resultsKey(this.#sweep))) > 0) return;
    packs.forEach((pack, i) => {
      const [error, there] = answers[i] ?? [null, 1];
      if (error || there !== 0) return;
      for (const job of this.#out.drop(pack)) this.#out.putBack(job);
    });
  }

  /** Packs whose workers died again and again: each run by itself, until it is clear which one kills. */
  async #putBackDeadly(desk: Desk): Promise<void> {
    for (const { id, failedReason } of await this.#packs.getFailed()) {
      if (typeof id !== 'string' || !this.#out.hasPack(id)) continue;
      await this.#packs.remove(id);
      const jobs = this.#out.drop(id);
      for (const job of jobs) {
        if (jobs.length > 1) this.#out.putBack(job, true);
        else this.#fail(job, desk, `its workers died (${failedReason})`);
      }
    }
  }

  /** Leaves nothing behind on the queue but, after an interruption, what the same sweep can go on with. */
  async #leave(aborted: boolean): Promise<void> {
    const { redis } = this.#connection;
    const tidy = async () => {
      if (aborted) {
        // those that a worker has got are not removed
        for (const pack of this.#out.packs) await this.#packs.remove(pack).catch(() => 0);
      } else {
        await redis.del(resultsKey(this.#sweep));
      }
      if ((await redis.get(COORDINATED)) === this.#life) await redis.del(COORDINATED);
    };
    // a queue that is gone is not waited for
    await within(WAIT, tidy());
    this.#connection.close();
    await this.#packs.close().catch(() => {});
  }
}
