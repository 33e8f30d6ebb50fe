/** What the browser tests run in a page; bundled by esbuild from the built package. */
import { type Chart, svgOf } from '../../dist/charts/index.js';
import { type SimulationConfig, simulate } from '../../dist/index.js';
import { EXPERIMENTS, replicate, sweep } from '../../dist/studies/index.js';

Object.assign(globalThis, {
  /** A run that takes long enough to move to a worker, watched while it goes on. */
  async run(config: SimulationConfig, worker?: string) {
    let ticks = 0;
    let rows = 0;
    let grew = 0;
    const timer = setInterval(() => ticks++, 4);
    const result = await simulate(config, {
      ...(worker && { createWorker: () => new Worker(worker) }),
      onProgress: ({ trajectory }) => {
        if (trajectory.rows > rows) grew++;
        rows = trajectory.rows;
      },
    });
    clearInterval(timer);
    return {
      isolated: crossOriginIsolated,
      ticks,
      grew,
      stateHash: result.stateHash,
      mean: result.serviceRate.mean,
      row: result.trajectory.mean.at(-1),
    };
  },
  async replicates(config: SimulationConfig, worker?: string) {
    const { replications } = await replicate(config, {
      replications: 4,
      workers: 2,
      ...(worker && { createWorker: () => new Worker(worker) }),
    });
    return replications.map(({ stateHash }) => stateHash);
  },
  async cancelled(config: SimulationConfig) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const { status, time } = await simulate(config, { signal: controller.signal });
    return { status, end: time.end };
  },
  sweep,
  draw: (chart: Chart) => svgOf(chart),
  experiments: EXPERIMENTS.map(({ name }) => name),
});
