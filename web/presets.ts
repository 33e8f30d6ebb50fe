/** Systems worth looking at: the figures of the paper, and what lies beyond it. */
import { curveOf, SHAPES } from './controls/shapes.js';
import type { Settings } from './settings.js';

export interface Preset {
  id: string;
  title: string;
  /** what to look for */
  text: string;
  settings: Settings;
  /** beside it */
  second?: Settings;
  /** units of time per second, or as fast as it goes */
  speed: number | 'max';
}

const PAPER: Settings = { servers: 100, arrivalRate: 0.8, inverseStepSize: 500 };
const PATHS: Settings = { ...PAPER, servers: 50 };
const DAY: Settings = {
  servers: 1000,
  arrivalRate: 0.8,
  inverseStepSize: 100,
  ...curveOf(SHAPES.steps.values, 480),
};

export const PRESETS: readonly Preset[] = [
  {
    id: 'thousand',
    title: 'A thousand servers',
    text: 'All start at different rates. Change the load λ while it runs, and they learn the new optimum.',
    settings: { servers: 1000, arrivalRate: 0.8, inverseStepSize: 100 },
    speed: 30,
  },
  {
    id: 'fig1',
    title: 'Figure 1: few servers and many',
    text: 'Five servers settle below μ*, at the fixed point of so few. With a hundred the difference is gone.',
    settings: { ...PAPER, servers: 5 },
    second: PAPER,
    speed: 300,
  },
  {
    id: 'fig2a',
    title: 'Figure 2a: large steps and small',
    text: 'With m = 10 the rates spread widely about the optimum. With m = 500 they stay close, but learn slowly.',
    settings: { ...PAPER, inverseStepSize: 10 },
    second: PAPER,
    speed: 100,
  },
  {
    id: 'fig2b',
    title: 'Figure 2b: light load and heavy',
    text: 'The mean rate follows μ* = (5λ)^⅓. The more work there is, the shorter the idle times, and the narrower the band.',
    settings: { ...PAPER, inverseStepSize: 100, arrivalRate: 0.1 },
    second: { ...PAPER, inverseStepSize: 100, arrivalRate: 1.5 },
    speed: 30,
  },
  {
    id: 'fig3',
    title: 'Figure 3: unit buffers, starting empty',
    text: 'Fifty servers find the optimum. Tasks that find no idle server are dropped.',
    settings: PATHS,
    speed: 100,
  },
  {
    id: 'fig4',
    title: 'Figure 4: unlimited buffers, starting empty',
    text: 'Queues grow while the rates are still too low. After that the extra room is hardly ever used.',
    settings: { ...PATHS, buffer: 'inf' },
    speed: 100,
  },
  {
    id: 'fig5',
    title: 'Figure 5: start with a backlog',
    text: 'While there is a backlog nobody is idle, and the rates overshoot. Once it is gone they come back to μ*.',
    settings: { ...PATHS, buffer: 'inf', initialTasks: 1000 },
    speed: 200,
  },
  {
    id: 'random',
    title: 'Beyond the paper: random dispatch',
    text: 'Left, tasks go to idle servers. Right, they go anywhere: idle times mean something else, and the rates leave the optimum.',
    settings: { servers: 1000, arrivalRate: 0.5, inverseStepSize: 100, buffer: 'inf' },
    second: {
      servers: 1000,
      arrivalRate: 0.5,
      inverseStepSize: 100,
      buffer: 'inf',
      dispatch: 'random',
    },
    speed: 30,
  },
  {
    id: 'load',
    title: 'Beyond the paper: a load that comes and goes',
    text: 'With m = 5 the rates follow the load and shiver. With m = 1000 they are steady and lag behind. Draw a curve of your own.',
    settings: { ...DAY, inverseStepSize: 5 },
    second: { ...DAY, inverseStepSize: 1000 },
    speed: 100,
  },
  {
    id: 'million',
    title: 'A million servers',
    text: 'The same system, large. Chance hardly matters for the mean, but each server still fluctuates.',
    settings: { servers: 1_000_000, arrivalRate: 0.8, inverseStepSize: 100 },
    speed: 'max',
  },
];
