import type { Interval } from '../analysis/interval.js';
import type { TunedPoint, TuneResult } from '../studies/tune.js';
import { aligned, figure, grouped } from './format.js';

type Simulation = NonNullable<TuneResult['simulation']>;

/** What was found, for people. */
export function tuneSummary({ system, load, theory, simulation, status }: TuneResult): string {
  const { best, clairvoyantCost, constant } = theory;
  const loads = load.schedule.map(({ arrivalRate }) => arrivalRate);
  const lines: [string, string][] = [
    [
      'load',
      `λ from ${figure(Math.min(...loads))} to ${figure(Math.max(...loads))}, period ${figure(load.period)}`,
    ],
    ['clairvoyant', `cost ${figure(clairvoyantCost)}, at the best rate of every moment`],
    [
      'best constant',
      `rate ${figure(constant.rate)}, excess ${figure(constant.excess, 3)} (${percent(constant.excess, clairvoyantCost)})`,
    ],
    [
      'theory',
      best === null
        ? 'the larger m, the better: the load swings too little or too fast to be followed; freeze the rates at the best constant (-m inf)'
        : `best m ${figure(best.inverseStepSize, 3)}, excess ${figure(best.total, 3)} = ${figure(best.tracking, 3)} tracking + ${figure(best.noise, 3)} noise`,
    ],
  ];
  if (best?.reason) lines.push(['', `noise beyond its validity ${best.reason}`]);
  if (status === 'cancelled') lines.push(['simulation', 'interrupted']);
  if (simulation === null) return aligned(lines);
  const { servers, warmup, periods, replications, events, points } = simulation;
  lines.push(
    [
      'simulation',
      `${bestOf(simulation)}, excess ${withInterval(simulation.best.excess)} (${percent(simulation.best.excess.mean, clairvoyantCost)}), ${againstConstant(simulation.constant)}`,
    ],
    [
      '',
      `${replications} runs of each m: ${grouped(servers)} server${servers > 1 ? 's' : ''}, ${grouped(periods)} period${periods > 1 ? 's' : ''} after a warm-up of ${figure(warmup, 3)}; ${figure(events, 3)} events`,
    ],
  );
  if (servers < system.servers) {
    lines.push([
      '',
      `fewer servers than there are cost more by a part of order 1/${servers}; --budget allows more`,
    ]);
  }
  return `${aligned(lines)}\n${aligned([
    ['m', 'tracking', 'noise', 'theory', 'simulated', 'above the best'],
    ...points.map(row),
  ])}`;
}

function row({ inverseStepSize, theory, excess, worse }: TunedPoint): string[] {
  return [
    figure(inverseStepSize, 3),
    figure(theory.tracking, 3),
    figure(theory.noise, 3),
    `${figure(theory.total, 3)}${theory.valid ? '' : '!'}`,
    withInterval(excess),
    worse.mean === 0 ? 'best' : withInterval(worse),
  ];
}

function bestOf({ best, ties, atEdge }: Simulation): string {
  const alike = ties.map((m) => figure(m, 3)).join(', ');
  return [
    `best m ${figure(best.inverseStepSize, 3)}`,
    alike && ` (not told apart from ${alike})`,
    atEdge && ` at the edge of what was simulated (--around ${best.inverseStepSize} looks further)`,
  ]
    .filter(Boolean)
    .join('');
}

function againstConstant({ saved }: Simulation['constant']): string {
  const { mean, halfWidth } = saved;
  return mean >= 0
    ? `${withInterval(saved)} below the best constant`
    : `${withInterval({ ...saved, mean: -mean, halfWidth })} above the best constant: freeze the rates there (-m inf)`;
}

function percent(part: number, whole: number): string {
  return `${figure((100 * part) / whole, 2)} %`;
}

function withInterval({ mean, halfWidth }: Interval): string {
  return halfWidth === null ? figure(mean, 3) : `${figure(mean, 3)} ± ${figure(halfWidth, 2)}`;
}
