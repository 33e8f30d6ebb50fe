import type { SimulationResult } from '../run/result.js';
import type { Crew, Desk } from './desk.js';
import type { Lane } from './lane.js';
import type { Division } from './options.js';
import type { Job } from './queue.js';
import { replicationOf } from './result.js';

/** The threads of this process, each with one replication at a time. */
export class Threads implements Crew {
  readonly #lanes: readonly Lane[];
  readonly #division: Pick<Division, 'signal' | 'measure'>;

  constructor(lanes: readonly Lane[], division: Pick<Division, 'signal' | 'measure'>) {
    this.#lanes = lanes;
    this.#division = division;
  }

  get events(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.events, 0);
  }

  get workers(): number {
    return this.#lanes.length;
  }

  async work(desk: Desk): Promise<void> {
    try {
      await Promise.all(this.#lanes.map((lane) => this.#work(lane, desk)));
    } finally {
      for (const lane of this.#lanes) lane.end();
    }
  }

  async #work(lane: Lane, desk: Desk): Promise<void> {
    for (let job = await desk.take(); job; job = await desk.take()) {
      await this.#run(lane, job, desk);
    }
  }

  async #run(lane: Lane, job: Job, desk: Desk): Promise<void> {
    const { signal, measure } = this.#division;
    let result: SimulationResult;
    try {
      result = await lane.simulate(job.config, signal, (why) => desk.warn(job, why));
    } catch (error) {
      desk.fail(job, (error as Error).message);
      return;
    }
    if (result.status === 'completed') await desk.bring(job, replicationOf(job, result, measure));
    else desk.giveBack(job);
  }
}
