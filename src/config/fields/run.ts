import { ConfigError } from '../../errors.js';
import { number, orWord } from '../domain.js';
import { field } from '../field.js';
import { read } from '../messages.js';

export interface RunFields {
  /** end of the run, in units of the mean service requirement: 1e-9 … 1e12 */
  horizon: number;
  /**
   * start of the statistics: 0 (default) … horizon; or `'auto'` (`simulate`, `replicate`, `sweep`): found from
   * the run itself by MSER-5, at least five relaxation times m/θ
   */
  warmup?: number | 'auto';
}

export const LATEST = 1e12;

/** @internal */
export const run = {
  horizon: field({
    group: 'run',
    meaning: 'end of the run',
    takes: number(1e-9, LATEST),
    flag: { spelling: '-T, --horizon <time>', form: 'number or word' },
  }),
  warmup: field({
    group: 'run',
    meaning: 'start of the statistics',
    takes: orWord(number(0, LATEST, 'horizon'), 'auto'),
    default: 0,
    flag: { spelling: '--warmup <time>', form: 'number or word' },
  }),
};

export function completeRun(
  { horizon, warmup }: Required<RunFields>,
  { schedule }: { schedule?: unknown },
): Required<RunFields> {
  if (warmup === 'auto' && schedule !== undefined) {
    throw new ConfigError(
      'warmup',
      'got "auto"; must be a number where a schedule changes the system, such as some of its periods',
    );
  }
  if (warmup !== 'auto') read(number(0, horizon, `horizon, ${horizon}`).schema, warmup, 'warmup');
  return { horizon, warmup };
}
