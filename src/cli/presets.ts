/** Systems with a name: one of each figure of the paper, with the very numbers of `ratescale reproduce`. */
import type { CompleteConfig } from '../config/config.js';

interface Preset {
  /** for the help */
  text: string;
  /** which of the experiment's systems */
  is: (config: CompleteConfig) => boolean;
}

/** By the name of the experiment. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  fig1: {
    text: '25 servers, m = 500, in the long run',
    is: ({ servers, inverseStepSize }) => servers === 25 && inverseStepSize === 500,
  },
  fig2a: {
    text: '100 servers, m = 50, in the long run',
    is: ({ inverseStepSize }) => inverseStepSize === 50,
  },
  fig2b: {
    text: '100 servers, λ = 0.1, m = 100, in the long run',
    is: ({ arrivalRate }) => arrivalRate === 0.1,
  },
  fig3: { text: '50 servers, unit buffers, starting empty', is: () => true },
  fig4: {
    text: '50 servers, unbounded buffers, starting empty',
    is: ({ buffer }) => buffer === 'inf',
  },
  fig5: { text: '50 servers, unbounded buffers, starting with a backlog', is: () => true },
};

/** Tasks at each server at the start of Figure 5, which the paper does not give. */
export const DEFAULT_BACKLOG = 2000;

/** The first run of that figure's system; null if there is no such preset. */
export async function presetConfig(name: string): Promise<CompleteConfig | null> {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (!preset) return null;
  const [{ EXPERIMENTS }, { completePlan }, { replicationConfig }] = await Promise.all([
    import('../experiments/index.js'),
    import('../studies/plan.js'),
    import('../studies/stream.js'),
  ]);
  const experiment = EXPERIMENTS.find((one) => one.name === name);
  const options = { size: 'full' as const, seed: 1, backlog: DEFAULT_BACKLOG };
  const plan = experiment && completePlan(experiment.plan(options));
  const point = plan && [...plan.points].find(({ config }) => preset.is(config));
  if (!plan || !point) throw new Error(`the preset ${name} is no system of its experiment`);
  return replicationConfig(point.config, 0, plan.streams);
}

/** A line for each, for the help. */
export function presetList(): string {
  return Object.entries(PRESETS)
    .map(([name, { text }]) => `  ${name.padEnd(7)}${text}`)
    .join('\n');
}
