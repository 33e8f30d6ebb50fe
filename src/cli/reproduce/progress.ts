import type { Experiment } from '../../experiments/experiment.js';
import type { SweepProgress } from '../../studies/options.js';
import type { CompletePlan } from '../../studies/plan.js';
import { duration, perSecond } from '../format.js';
import { newBar } from '../progress.js';
import type { Store } from '../store/store.js';

/** One bar for all experiments, by the events they are expected to have. */
export class ReproductionProgress {
  readonly #work: ReadonlyMap<Experiment, number>;
  readonly #bar: Awaited<ReturnType<typeof newBar>> | null;
  readonly #began = performance.now();
  #before = 0;

  /** None if stderr is not a terminal, or if `quiet`. */
  static async start(
    parts: readonly { experiment: Experiment; plan: CompletePlan; store: Store }[],
    quiet: boolean,
  ): Promise<ReproductionProgress> {
    const work = new Map<Experiment, number>();
    for (const { experiment, plan, store } of parts) {
      let events = 0;
      for (const [point, { config }] of [...plan.points].entries()) {
        // an arrival and a completion for every task
        const expected = 2 * config.arrivalRate * config.servers * config.horizon;
        for (let k = 0; k < plan.replications; k++) {
          if (!store.results.has(point, k)) events += expected;
        }
      }
      work.set(experiment, events);
    }
    const bar =
      quiet || !process.stderr.isTTY
        ? null
        : await newBar(
            '{percentage} %  {experiment}  {runs} runs  {speed} events/s  {remaining} left',
          );
    return new ReproductionProgress(work, bar);
  }

  private constructor(
    work: ReadonlyMap<Experiment, number>,
    bar: Awaited<ReturnType<typeof newBar>> | null,
  ) {
    this.#work = work;
    this.#bar = bar;
  }

  of(experiment: Experiment): ((progress: SweepProgress) => void) | undefined {
    if (!this.#bar) return undefined;
    const { bar } = this.#bar;
    const total = [...this.#work.values()].reduce((sum, events) => sum + events, 0);
    return ({ done, total: runs, events, eventsPerSecond }) => {
      const soFar = Math.min(total, this.#before + events);
      const seconds = (performance.now() - this.#began) / 1000;
      const fields = {
        experiment: experiment.name,
        runs: `${done}/${runs}`,
        speed: perSecond(eventsPerSecond),
        remaining: soFar > 0 ? duration(Math.ceil((seconds * (total - soFar)) / soFar)) : '?',
      };
      if (bar.isActive) bar.update(soFar, fields);
      else bar.start(Math.max(1, total), soFar, fields);
    };
  }

  /** Counts an experiment as finished. */
  done(experiment: Experiment): void {
    this.#before += this.#work.get(experiment) as number;
  }

  clear(): void {
    this.#bar?.clear();
  }
}
