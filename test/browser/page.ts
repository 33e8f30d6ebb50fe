/** What the browser tests run in a page; bundled by esbuild from the built package. */
import { type Chart, svgOf } from '../../dist/charts/index.js';
import { Simulation, type SimulationConfig, simulate } from '../../dist/index.js';
import { EXPERIMENTS, replicate } from '../../dist/studies/index.js';
import { hashes, type Package, resumed, saved, steered } from './scenarios.js';

// the same package, whose declarations are made anew
const ratescale = { Simulation, simulate } as unknown as Package;

const calls = {
  /** A run that takes long enough to move to a worker, watched while it goes on. */
  async run(config: SimulationConfig, worker?: string, thread?: 'here') {
    let ticks = 0;
    let rows = 0;
    let grew = 0;
    const timer = setInterval(() => ticks++, 4);
    const result = await simulate(config, {
      thread,
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
  /** A run that two threads share where pages can share memory. */
  async together(config: SimulationConfig) {
    const { stateHash, engine } = await simulate(config, { threads: 2 });
    return { stateHash, threads: engine.threads };
  },
  async cancelled(config: SimulationConfig) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const { status, time } = await simulate(config, { signal: controller.signal });
    return { status, end: time.end };
  },
  draw: (chart: Chart) => svgOf(chart),
  mayEval() {
    try {
      return new Function('return true')();
    } catch {
      return false;
    }
  },
  experiments: () => EXPERIMENTS.map(({ name }) => name),
  hashes: (configs: SimulationConfig[], options?: { thread: 'here' }) =>
    hashes(ratescale, configs, options),
  steered: (config: SimulationConfig) => steered(ratescale, config),
  saved: (config: SimulationConfig) => saved(ratescale, config),
  resumed: (checkpoint: string) => resumed(ratescale, checkpoint),
};

Object.assign(globalThis, calls);

/** Does what the test's server says, where no driver does: see browsers.ts. */
async function doJobs(): Promise<void> {
  const post = (done: unknown) =>
    fetch('/jobs/done', { method: 'POST', body: JSON.stringify(done) });
  while (true) {
    const { name, args } = await (await fetch('/jobs/next')).json();
    if (name === 'go') {
      await post({});
      location.assign(args[0]);
      return;
    }
    try {
      const call = calls[name as keyof typeof calls] as (...args: unknown[]) => unknown;
      await post({ value: await call(...args) });
    } catch (error) {
      await post({ error: String(error) });
    }
  }
}

if (location.hash === '#jobs') doJobs();
