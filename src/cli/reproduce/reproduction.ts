/** Experiments in a directory: each a sweep of its own, then its conclusion, then the report. */
import { join } from 'node:path';
import { ENGINE_HASH } from '../../engine/engine-hash.js';
import { type Experiment, type ExperimentOptions, Results } from '../../experiments/experiment.js';
import { EXPERIMENTS } from '../../experiments/index.js';
import { acceptedEvents } from '../../figures/figures.js';
import { type CompletePlan, completePlan } from '../../studies/plan.js';
import { pointResults } from '../../studies/point-results.js';
import type { SweepResult } from '../../studies/result.js';
import { runPlan } from '../../studies/run-plan.js';
import { VERSION } from '../../version.js';
import { BadInput } from '../bad-input.js';
import { sayNotice } from '../queue-flag.js';
import { readIfThere, writeWhole } from '../store/files.js';
import { readManifest, samePlan } from '../store/manifest.js';
import { recordInto, Store } from '../store/store.js';
import { writeTables } from '../store/tables.js';
import { sayFailure } from '../sweep-progress.js';
import { writeChart } from './files.js';
import type { Format } from './formats.js';
import { ReproductionProgress } from './progress.js';
import { type Finding, reportOf } from './report.js';

export interface ReproductionOptions {
  workers: number | undefined;
  queue: string | undefined;
  signal: AbortSignal;
  formats: readonly Format[];
  quiet: boolean;
}

interface Part {
  experiment: Experiment;
  plan: CompletePlan;
  store: Store;
}

const FINDING = 'finding.json';

export class Reproduction {
  readonly #directory: string;
  readonly #parts: readonly Part[];
  readonly #options: ExperimentOptions;
  readonly #kernelHash: string;
  readonly #findings: Finding[] = [];

  /**
   * Opens or makes the directories of all experiments, for this process alone.
   * @throws {BadInput} if one cannot be used, or belongs to another engine or to other options
   */
  static async open(
    directory: string,
    experiments: readonly Experiment[],
    options: ExperimentOptions,
    forceUnlock = false,
  ): Promise<Reproduction> {
    for (const { name } of EXPERIMENTS) {
      const manifest = readManifest(join(directory, name));
      if (manifest && manifest.kernelHash !== ENGINE_HASH) {
        throw new BadInput(
          `--out: "${directory}" has results of another engine (version ${manifest.version}, kernel ${manifest.kernelHash.slice(0, 12)}); choose another directory`,
        );
      }
    }
    const parts = experiments.map((experiment) => {
      const given = experiment.plan(options);
      const place = join(directory, experiment.name);
      const present = readManifest(place);
      const plan = completePlan(given);
      if (present && !samePlan(completePlan(present.plan), plan)) {
        throw new BadInput(
          `--out: "${place}" has results of other options (--quick, --seed or --backlog); choose another directory`,
        );
      }
      const store = new Store(place, plan, {
        given,
        shard: null,
        kernelHash: ENGINE_HASH,
        forceUnlock,
      });
      return { experiment, plan, store };
    });
    return new Reproduction(directory, parts, options, ENGINE_HASH);
  }

  private constructor(
    directory: string,
    parts: readonly Part[],
    options: ExperimentOptions,
    kernelHash: string,
  ) {
    this.#directory = directory;
    this.#parts = parts;
    this.#options = options;
    this.#kernelHash = kernelHash;
  }

  /** Runs what is missing of every experiment, and writes its files and the report as soon as it is done. */
  async run({ workers, queue, signal, formats, quiet }: ReproductionOptions): Promise<{
    status: SweepResult['status'];
    failures: number;
  }> {
    const progress = await ReproductionProgress.start(this.#parts, quiet);
    const stop = new AbortController();
    let failures = 0;
    try {
      for (const { experiment, plan, store } of this.#parts) {
        const record = recordInto(store, () => stop.abort());
        const result = await runPlan(plan, {
          workers,
          queue,
          sweep: queue === undefined ? undefined : store.sweep,
          experiment: experiment.name,
          onNotice: sayNotice,
          signal: AbortSignal.any([signal, stop.signal]),
          known: store.results,
          measure: experiment.measure,
          onProgress: progress.of(experiment),
          onReplication: record.onReplication,
          onFailure: (failure) => sayFailure(failure, `${experiment.name}, `),
        });
        record.check();
        if (result.status === 'cancelled') return { status: 'cancelled', failures };
        failures += result.failures.length;
        if (result.failures.length > 0) continue;
        store.finish();
        const replications = () => store.results.replications();
        const points = [...pointResults(plan, replications(), result.wanted)];
        writeTables(store.directory, plan.points, () => points, replications);
        const results = new Results(points, [...replications()]);
        await this.#conclude(experiment, results, store, formats);
        progress.done(experiment);
      }
      return { status: 'completed', failures };
    } finally {
      progress.clear();
    }
  }

  async #conclude(
    experiment: Experiment,
    results: Results,
    store: Store,
    formats: readonly Format[],
  ): Promise<void> {
    const { charts, claims, choices } = experiment.conclude(results, this.#options);
    const provenance = {
      ratescale: VERSION,
      kernelHash: this.#kernelHash,
      experiment: experiment.name,
      options: this.#options,
      points: results.points.map((point) => ({
        config: point.config,
        replications: results.of(point).map(({ config, stateHash }) => ({
          seed: config.seed,
          stateHash,
        })),
      })),
    };
    const pictures = [];
    for (const chart of charts) {
      const svg = await writeChart(store.directory, chart, provenance, formats);
      pictures.push({ name: chart.name, title: chart.title, caption: chart.caption, svg });
    }
    const finding: Finding = {
      name: experiment.name,
      title: experiment.title,
      version: VERSION,
      kernelHash: this.#kernelHash,
      options: this.#options,
      runs: store.results.count,
      events: results.points
        .flatMap((point) => results.of(point))
        .reduce((sum, { events }) => sum + acceptedEvents(events), 0),
      claims,
      choices,
      pictures,
    };
    writeWhole(join(store.directory, FINDING), `${JSON.stringify(finding, null, 1)}\n`);
    this.#findings.push(finding);
    writeWhole(join(this.#directory, 'index.html'), reportOf(this.#present()));
  }

  /** Findings in the directory, of this and earlier commands, in the order of the paper. */
  #present(): Finding[] {
    return EXPERIMENTS.flatMap(({ name }) => {
      const text = readIfThere(join(this.#directory, name, FINDING));
      return text === null ? [] : [JSON.parse(text) as Finding];
    });
  }

  /** What was found, without the pictures. */
  findings(): Omit<Finding, 'pictures'>[] {
    return this.#findings.map(({ pictures: _, ...finding }) => finding);
  }

  /** Findings for a terminal. */
  summary(status: SweepResult['status']): string {
    const lines = this.#findings.flatMap(({ title, claims }) => [
      `\n${title}\n`,
      ...claims.map(({ claim, measured, verdict }) => {
        const said = verdict === 'differs' ? 'DIFFERS' : verdict;
        return `  ${said}: ${claim}\n    ${measured}\n`;
      }),
    ]);
    const end =
      status === 'completed'
        ? `\nReport: ${join(this.#directory, 'index.html')}\n`
        : '\ninterrupted; the same command continues from here\n';
    return [...lines, end].join('');
  }
}
