import { averaging } from './averaging.js';
import type { Experiment } from './experiment.js';
import { fig1 } from './fig1.js';
import { fig2a } from './fig2a.js';
import { fig2b } from './fig2b.js';
import { fig3 } from './fig3.js';
import { fig4 } from './fig4.js';
import { fig5 } from './fig5.js';
import { idleTimes } from './idle-times.js';
import { policies } from './policies.js';
import { regret } from './regret.js';

/** All experiments: the paper's figures in their order, then what goes beyond them. */
export const EXPERIMENTS: readonly Experiment[] = [
  fig1,
  fig2a,
  fig2b,
  fig3,
  fig4,
  fig5,
  averaging,
  idleTimes,
  regret,
  policies,
];
