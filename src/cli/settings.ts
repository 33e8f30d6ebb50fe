/** The flags that set a field of the configuration; the fields themselves are explained in `SimulationConfig`. */
import { Option } from 'commander';
import {
  costFunction,
  initialRates,
  initialTasks,
  list,
  numberOrText,
  seed,
  serverIds,
} from './parse.js';

export interface Setting {
  /** where the value goes, e.g. `record.interval` */
  field: string;
  /** the flag's name, e.g. `--interval` */
  name: string;
  /** the option's key among the parsed options */
  key: string;
  option: Option;
  parse: (text: string) => unknown;
}

function setting(
  group: string,
  field: string,
  flags: string,
  parse: Setting['parse'],
  help: string,
): Setting {
  const option = new Option(flags, help).helpGroup(group);
  return {
    field,
    name: option.long as string,
    key: option.attributeName(),
    option,
    parse,
  };
}

const SYSTEM = 'System:';
const START = 'Start:';
const COST = 'Cost, λ g(1 / mean sojourn time) + mean h(rate):';
const RUN = 'Run (times in units of the mean service requirement):';
const RECORDING = 'Recording:';

export const SETTINGS: readonly Setting[] = [
  setting(
    SYSTEM,
    'servers',
    '-n, --servers <n>',
    numberOrText,
    'number of servers, n: 1 … 134000000 (required)',
  ),
  setting(
    SYSTEM,
    'arrivalRate',
    '-l, --arrival-rate <λ>',
    numberOrText,
    'tasks per server per unit time, λ: 1e-9 … 1e9 (required)',
  ),
  setting(
    SYSTEM,
    'inverseStepSize',
    '-m, --inverse-step-size <m>',
    numberOrText,
    'rates adapt at speed 1/m: 1e-3 … 1e15, or inf for frozen rates (required)',
  ),
  setting(
    SYSTEM,
    'buffer',
    '--buffer <K>',
    numberOrText,
    'tasks a server holds, the one in service included: 1, 2, … or inf (default: 1)',
  ),
  setting(
    START,
    'initialRates',
    '--initial-rates <rates>',
    initialRates,
    'rate of every server (0 … 1e9), uniform:a,b for independent uniform rates, or a file with one rate per server (default: uniform:0,2)',
  ),
  setting(
    START,
    'initialTasks',
    '--initial-tasks <tasks>',
    initialTasks,
    'tasks at every server (0 … buffer), or a file with one number per server (default: 0)',
  ),
  setting(
    COST,
    'cost.g',
    '--g <cost>',
    costFunction('a', 'p', 'power:a,p, shifted:a,p, or an expression in x'),
    'cost of slowness: power:a,p is a x^-p, shifted:a,p is a (1+x)^-p, or any expression in x such as "1/(1+x)"; a: 1e-9 … 1e9, p: 0.01 … 20 (default: power:1,1)',
  ),
  setting(
    COST,
    'cost.h',
    '--h <cost>',
    costFunction('b', 'q', 'power:b,q, or an expression in x'),
    'cost of running at a rate: power:b,q is b x^q, or any expression in x such as "0.05*x^3"; b: 1e-9 … 1e9, q: 1 … 20 (default: power:0.1,2)',
  ),
  setting(
    RUN,
    'horizon',
    '-T, --horizon <time>',
    numberOrText,
    'end of the run: 1e-9 … 1e12 (required)',
  ),
  setting(
    RUN,
    'warmup',
    '--warmup <time>',
    numberOrText,
    'start of the statistics: 0 … horizon, or auto (default: 0)',
  ),
  setting(
    RUN,
    'seed',
    '--seed <seed>',
    seed,
    'any text or number; equal seeds give equal runs (default: 1)',
  ),
  setting(
    RECORDING,
    'record.interval',
    '--interval <time>',
    numberOrText,
    'spacing of the recording grid: up to the horizon (default: horizon/1000, at least 1/λ)',
  ),
  setting(
    RECORDING,
    'record.quantiles',
    '--quantiles <levels>',
    list,
    'levels of the recorded quantiles of the rates over servers, each 0 … 1, at most 100, or none (default: 0.05,0.5,0.95)',
  ),
  setting(
    RECORDING,
    'record.servers',
    '--record-servers <ids>',
    serverIds,
    'servers whose own rate and tasks are recorded: ids 0 … n-1 such as 0,1,2, or all, or none (default: none)',
  ),
  setting(
    RECORDING,
    'record.sojourns',
    '--sojourns <count>',
    numberOrText,
    'tasks followed from arrival to departure, for the law of the sojourn time: 0 … 10000000 (default: 0)',
  ),
];
