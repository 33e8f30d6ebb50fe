import * as v from 'valibot';
import { MOST_PHASES, type PhaseType, type Service, serviceLaw } from '../../service/law.js';
import { type Domain, list, type Numbers, number, object, pick, whole } from '../domain.js';
import { field } from '../field.js';
import { isPlain, mustBe, refuse } from '../messages.js';

/** Where an arriving task goes. */
export type Dispatch =
  | 'jiq'
  | 'random'
  | 'round-robin'
  | 'jsq'
  | `jsq:${number}`
  | 'longest-idle'
  | 'shortest-idle';

export interface PolicyFields {
  /**
   * where an arriving task goes. `'jiq'` (default): to a uniformly random idle server; if there is none, to a uniformly random one with
   * room. `'longest-idle'`, `'shortest-idle'`: as that, but to the server that has been idle longest or shortest.
   * `'random'`: to a uniformly random server. `'round-robin'`: to servers in turn, by id. `'jsq:d'`: to the shortest queue among d
   * different servers drawn uniformly, ties uniform; `'jsq'`: among all. A server without room drops the task
   */
  dispatch?: Dispatch;
  /**
   * how much work a task is. `'exponential'` (default), `'erlang:k'`, `'hyperexponential:p,r1,r2'`, `'scv:c'` (fitted to a squared coefficient of
   * variation: below 1 a mixture of Erlang laws, above 1 hyperexponential with balanced means), or a law of phase type,
   * `{ alpha, T }`; all have mean 1, but a law with `scale: false`
   */
  service?: Service;
}

const RULES = ['jiq', 'random', 'round-robin', 'jsq', 'longest-idle', 'shortest-idle'];
const DISPATCH = `${RULES.map((rule) => `"${rule}"`).join(', ')}, or "jsq:d" with a whole number d, such as "jsq:2"`;
const sampled = /^jsq:([1-9]\d{0,8})$/;

const dispatch: Domain<Dispatch> = {
  schema: v.custom<Dispatch>(
    (x) => typeof x === 'string' && (RULES.includes(x) || sampled.test(x)),
    mustBe(DISPATCH),
  ),
  words: DISPATCH,
  range: `${RULES.join(', ')}, or jsq:d`,
};

/** Servers that `jsq:d` looks at; all of n for `jsq`, 1 for `random`, null for other rules. */
export function sampleSize(dispatch: Dispatch | undefined, servers: number): number | null {
  if (dispatch === 'jsq') return servers;
  if (dispatch === 'random') return 1;
  const [, d] = sampled.exec(dispatch ?? '') ?? [];
  return d === undefined ? null : Number(d);
}

const SERVICE = `"exponential", "erlang:k" with k from 1 to ${MOST_PHASES}, "hyperexponential:p,r1,r2", "scv:c" with c from ${1 / 200} to 1000, or { alpha, T }`;
const PARAMETERS: Record<string, readonly Numbers[]> = {
  exponential: [],
  erlang: [whole(1, MOST_PHASES)],
  hyperexponential: [number(1e-9, 1), number(1e-9, 1e9), number(1e-9, 1e9)],
  scv: [number(1 / 200, 1000)],
};

function isNamed(text: string): boolean {
  const [name = '', parameters] = text.split(':');
  const domains = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  const values = parameters === undefined ? [] : parameters.split(',');
  return (
    domains !== undefined &&
    text.split(':').length === (domains.length > 0 ? 2 : 1) &&
    values.length === domains.length &&
    domains.every(
      (domain, i) => /^[\d.eE+-]+$/.test(values[i] ?? '') && domain.includes(Number(values[i])),
    )
  );
}

const probability = number(0, 1);
const ALPHA = `a list of probabilities that add up to 1, at most ${MOST_PHASES}`;
const alpha = v.pipe(
  list(probability, ALPHA).schema,
  v.check(
    (values) =>
      values.length > 0 &&
      values.length <= MOST_PHASES &&
      Math.abs(values.reduce((sum, x) => sum + x, 0) - 1) < 1e-9,
    mustBe(ALPHA),
  ),
);
const row = list(number(-1e9, 1e9), 'a list of rates').schema;
const MATRIX = 'a square list of rows, as many as alpha has items';
const phaseType: v.GenericSchema<unknown, PhaseType> = object({
  alpha,
  T: v.array(row, mustBe(MATRIX)),
  scale: v.exactOptional(v.boolean(mustBe('true or false'))),
});

const service: Domain<Service> = {
  schema: pick<Service>(SERVICE, (input) => {
    if (isPlain(input)) return phaseType;
    return typeof input === 'string' && isNamed(input) ? v.custom<Service>(() => true) : null;
  }),
  words: SERVICE,
  range: 'exponential, erlang:k, hyperexponential:p,r1,r2, scv:c, or { alpha, T }',
};

/** @internal */
export const policies = {
  dispatch: field<Dispatch | undefined>({
    group: 'system',
    meaning: 'where an arriving task goes',
    takes: dispatch,
    otherwise: 'jiq',
    flag: { spelling: '--dispatch <rule>', form: 'text' },
  }),
  service: field<Service | undefined>({
    group: 'system',
    meaning: 'law of the work that a task is',
    takes: service,
    otherwise: 'exponential',
    flag: {
      spelling: '--service <law>',
      form: 'text',
      help: 'law of the work that a task is, of mean 1: exponential, erlang:k, hyperexponential:p,r1,r2 (rate r1 with probability p, else r2), or scv:c (squared coefficient of variation c)',
    },
  }),
};

/** The defaults are left out: a system that does not use a choice has the configuration that it had before there was one. */
export function completePolicies({
  servers,
  dispatch,
  service,
}: {
  servers: number;
  dispatch: Dispatch | undefined;
  service: Service | undefined;
}): PolicyFields {
  const sample = sampleSize(dispatch, servers);
  if (sample !== null && sample > servers) {
    refuse('dispatch', dispatch, `"jsq:d" with d at most the number of servers, ${servers}`);
  }
  if (typeof service === 'object') checkRates(service);
  if (service !== undefined) serviceLaw(service);
  return {
    ...(dispatch !== undefined && dispatch !== 'jiq' && { dispatch }),
    ...(service !== undefined && service !== 'exponential' && { service }),
  };
}

/** What a list of rows must be to lead from phase to phase. */
function checkRates({ alpha, T }: PhaseType): void {
  const phases = alpha.length;
  if (T.length !== phases || T.some((row) => row.length !== phases)) {
    refuse('service.T', T, MATRIX);
  }
  T.forEach((row, i) => {
    const rest = row.reduce((sum, rate) => sum + rate, 0);
    const own = row[i] as number;
    if (!(own < 0) || row.some((rate, j) => j !== i && rate < 0) || rest > -1e-12 * own) {
      refuse(
        `service.T[${i}]`,
        row,
        'rates of leaving for other phases, 0 or more, and on the diagonal less their sum, or still less by the rate of the end',
      );
    }
  });
}
