/** What a control is measured against: servers whose rates are set by who knows the load, or believes to. */
import type { CompleteChange, CompleteConfig } from '../config/config.js';
import { ConfigError } from '../errors.js';
import { idealSystem } from './ideal-system.js';
import { after, loadAtStart, phasesOf } from './phases.js';

/**
 * Rates are frozen, those of all servers equal, at the μ* of the ideal system. `static`: of the true load, its time average from the
 * warm-up on where there is a schedule; `static:0.7`: of a load of 0.7, whatever it is in truth; `clairvoyant`: of λ(t) at every moment.
 */
export type Baseline = 'static' | `static:${number}` | 'clairvoyant';

export const BASELINES = '"static", "static:<arrival rate>" such as "static:0.7", or "clairvoyant"';

const LIMITS = [1e-9, 1e9] as const;

export function isBaseline(text: unknown): text is Baseline {
  if (text === 'static' || text === 'clairvoyant') return true;
  const [, load] = /^static:([\d.]+(?:e[+-]?\d+)?)$/i.exec(String(text)) ?? [];
  return load !== undefined && Number(load) >= LIMITS[0] && Number(load) <= LIMITS[1];
}

/**
 * What a baseline changes in a configuration.
 * @param base the configuration as given, for what its classes say
 * @throws {ConfigError} if there is no best rate
 */
export async function baselineFields(
  baseline: Baseline,
  config: CompleteConfig,
  base: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { schedule, classes } = config;
  let start: number;
  let changes: CompleteChange[] | undefined;
  if (baseline === 'clairvoyant') {
    start = await bestRate(config, loadAtStart(config));
    changes = await clairvoyantChanges(config);
  } else {
    const [, assumed] = baseline.split(':');
    const phases = phasesOf(config).map((phase) =>
      assumed === undefined ? phase : { ...phase, arrivalRate: Number(assumed) },
    );
    start = (await idealSystem(config, phases)).rate;
    // a change of m would wake the rates
    changes = schedule?.map(({ inverseStepSize: _, ...change }) => ({ ...change, rates: start }));
  }
  return {
    inverseStepSize: 'inf',
    initialRates: start,
    ...(classes && {
      classes: (base.classes as Record<string, unknown>[]).map(
        ({ initialRates: _, ...group }) => group,
      ),
    }),
    ...(changes && { schedule: changes }),
  };
}

/** The schedule, with the best rate at each change of load or cost. */
async function clairvoyantChanges(config: CompleteConfig): Promise<CompleteChange[] | undefined> {
  const { schedule, period } = config;
  if (!schedule) return undefined;
  let now = loadAtStart(config);
  const changes: CompleteChange[] = [];
  for (const { inverseStepSize: _, ...change } of schedule) {
    now = after(now, change);
    changes.push({ ...change, rates: await bestRate(config, now) });
  }
  // from the second period on, the last of one holds at the start of the next
  if (period !== undefined && schedule[0]) {
    const first = after(loadAtStart(config), schedule[0]);
    const again = after(now, schedule[0]);
    if (first.arrivalRate !== again.arrivalRate || first.cost !== again.cost) {
      throw new ConfigError(
        'baselines',
        'clairvoyant: the first period starts otherwise than the later ones; say in the first change of the schedule, too, what a later one changes',
      );
    }
  }
  return changes;
}

async function bestRate(
  config: CompleteConfig,
  load: ReturnType<typeof loadAtStart>,
): Promise<number> {
  return (await idealSystem(config, [{ ...load, share: 1 }])).rate;
}
