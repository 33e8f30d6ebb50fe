import { number, orInfinity, whole } from '../domain.js';
import { field } from '../field.js';

export interface SystemFields {
  /** n, number of servers: 1 … 134000000 */
  servers: number;
  /** λ, arrivals per server per unit time: 1e-9 … 1e9; tasks arrive as a Poisson process of rate λn */
  arrivalRate: number;
  /** m, inverse step size: rates move at speed 1/m (2.2): 1e-3 … 1e15, or `'inf'` for frozen rates */
  inverseStepSize: number | 'inf';
  /** tasks a server holds, the one in service included: 1 (default; unit buffers) … 4294967294, or `'inf'` */
  buffer?: number | 'inf';
}

/** Records of 32 bytes in 4 GiB of memory, less what else must fit. */
export const MAX_SERVERS = 134_000_000;
/** A 32-bit count, the largest of which stands for infinity. */
export const MAX_TASKS = 4_294_967_294;

/** @internal */
export const system = {
  servers: field({
    group: 'system',
    meaning: 'number of servers, n',
    takes: whole(1, MAX_SERVERS),
    flag: { spelling: '-n, --servers <n>', form: 'number or word' },
  }),
  arrivalRate: field({
    group: 'system',
    meaning: 'tasks per server per unit time, λ',
    takes: number(1e-9, 1e9),
    flag: { spelling: '-l, --arrival-rate <λ>', form: 'number or word' },
  }),
  inverseStepSize: field({
    group: 'system',
    meaning: 'inverse step size, m (rates adapt at speed 1/m)',
    takes: orInfinity(number(1e-3, 1e15), 'frozen rates'),
    flag: { spelling: '-m, --inverse-step-size <m>', form: 'number or word' },
  }),
  buffer: field({
    group: 'system',
    meaning: 'tasks a server holds, the one in service included',
    takes: orInfinity(whole(1, MAX_TASKS), 'no limit'),
    default: 1,
    flag: { spelling: '--buffer <K>', form: 'number or word' },
  }),
};
