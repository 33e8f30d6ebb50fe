import type { CompleteConfig } from '../config/config.js';
import type { Instance } from '../engine/instance.js';
import { inThread } from '../run/executor.js';
import type { SimulationResult } from '../run/result.js';
import { Run } from '../run/run.js';
import { runInSections } from '../run/simulate.js';
import type { Signal } from '../threads/foreign.js';
import { Thread, ThreadDied, type ThreadOptions } from '../threads/thread.js';

/** One thread and one memory, which one run after the other uses. */
export class Lane {
  readonly #options: ThreadOptions;
  #thread: Thread | null | undefined;
  /** one for each kernel */
  #used: Instance[] = [];
  /** accepted arrivals and departures of the run under way */
  events = 0;

  constructor(options: ThreadOptions = {}) {
    this.#options = options;
  }

  /**
   * A run from start to end; one whose thread dies is tried once more in a new one.
   * @param onDeath told of a thread that died
   * @throws {EngineError} if the second thread died, too
   */
  async simulate(
    config: CompleteConfig,
    signal: Signal | undefined,
    onDeath: (why: string) => void,
  ): Promise<SimulationResult> {
    try {
      return await this.#simulate(config, signal);
    } catch (error) {
      if (!(error instanceof ThreadDied)) throw error;
      onDeath(error.message);
      this.end();
      return await this.#simulate(config, signal);
    } finally {
      this.events = 0;
    }
  }

  async #simulate(config: CompleteConfig, signal?: Signal): Promise<SimulationResult> {
    this.#thread ??= await Thread.start(this.#options);
    const run = await Run.prepare(config, { used: this.#used });
    if (!this.#used.includes(run.instance)) this.#used.push(run.instance);
    const executor = inThread(this.#thread);
    const onProgress = ({ events }: { events: number }) => {
      this.events = events;
    };
    if (config.warmup === 'auto') {
      return runInSections(run, executor, { signal, onProgress });
    }
    await executor.advance(run, config.horizon, { signal, onProgress });
    return run.result();
  }

  /** Ends the thread; the next run starts a new one. */
  end(): void {
    this.#thread?.end();
    this.#thread = undefined;
    this.#used = [];
  }
}
