/** The reference simulators' systems in the words of a configuration. */
import type { SimulationConfig } from '../../src/index.js';
import type { DispatchRule } from '../reference/dispatch-rules.js';
import type { ServiceLaw } from '../reference/service-laws.js';

type Dispatch = NonNullable<SimulationConfig['dispatch']>;
type Service = NonNullable<SimulationConfig['service']>;

export function asDispatch(rule: DispatchRule): Dispatch {
  return typeof rule === 'object' ? `jsq:${rule.choices}` : rule;
}

export function asService(law: ServiceLaw): Service {
  switch (law.kind) {
    case 'exponential':
      return 'exponential';
    case 'erlang':
      return `erlang:${law.k}`;
    case 'hyperexponential':
      return `hyperexponential:${law.p},${law.r1},${law.r2}`;
    case 'scv':
      return `scv:${law.c}`;
    case 'phase type':
      return { alpha: law.alpha, T: law.T };
  }
}
