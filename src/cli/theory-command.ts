import type { Command } from 'commander';
import type { LoadPrediction } from '../theory/load-prediction.js';
import type { PredictedPart, Prediction } from '../theory/prediction.js';
import { assemble, explain, type Given } from './configuration.js';
import { aligned, figure, grouped } from './format.js';
import { addLoadCurve } from './load-curve-file.js';
import { SETTINGS } from './settings.js';

const DETAILS = `
The system is given as for "ratescale run"; flags of the run and the recording
are accepted and ignored.

Examples:
  ratescale theory -n 100 -l 0.8 -m 500
  ratescale theory -n 3 -l 0.8 -m inf --initial-rates rates.txt --json
  ratescale theory -n 50 -l 0.8 -m 500 --g "1/(1+x)" --h "0.05*x^3"
  ratescale theory -n 100 -l 0.5 -m 500 --buffer inf --dispatch random
  ratescale theory -n 1000 -l 0.8 -m inf --buffer inf --dispatch jsq:2 --initial-rates 1.2
  ratescale theory -n 100 -l 0.8 -m 500 --service scv:4`;

/** `ratescale theory` */
export function addTheoryCommand(program: Command): void {
  const command = program
    .command('theory')
    .summary('what theory says of a system, without simulating')
    .description(
      'Computes the optimum, the fixed point, the band of the rates, and at frozen rates the stationary law, as far as they are known for the system.',
    )
    .argument('[config.json]', 'configuration, or the --json output of a run');
  for (const { option } of SETTINGS) command.addOption(option);
  addLoadCurve(command);
  command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object instead of the table')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => theory({ path, flags }));
}

async function theory(given: Given): Promise<void> {
  const [{ ConfigError }, { predict }, { predictLoad }] = await Promise.all([
    import('../errors.js'),
    import('../theory/prediction.js'),
    import('../theory/load-prediction.js'),
  ]);
  const config = await assemble(given, ['servers', 'arrivalRate', 'inverseStepSize']);
  // theory needs no run, hence no horizon
  const complete = { ...config, horizon: config.horizon ?? 1e12 };
  let prediction: Prediction;
  let load: LoadPrediction | string | null;
  try {
    [prediction, load] = [await predict(complete), await predictLoad(complete)];
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  }
  process.stdout.write(
    given.flags.json
      ? `${JSON.stringify(load === null ? prediction : { ...prediction, load }, null, process.stdout.isTTY ? 2 : 0)}\n`
      : load === null
        ? table(prediction, config.inverseStepSize === 'inf')
        : `in the long run  nothing settles: ${prediction.reasons.fixedPoint}\n${loadLines(load)}`,
  );
}

/** `, 26 % below the optimal rate` */
function beside(rate: number | null, best: number | null): string {
  if (rate === null || best === null) return '';
  const distance = 100 * Math.abs(rate / best - 1);
  return `, ${figure(distance, 2)} % ${rate < best ? 'below' : 'above'} the optimal rate`;
}

function table(prediction: Prediction, frozen: boolean): string {
  const { thresholds, fixedPoint, band, stationaryLaw, expectedIdleSignal, reasons } = prediction;
  const { optimalRate, classes } = prediction;
  const known = (part: PredictedPart, value: number | null, digits = 9) =>
    value === null ? `none: ${reasons[part]}` : figure(value, digits);
  const lines: [string, string][] = [
    ['optimal rate μ*', known('optimalRate', prediction.optimalRate)],
    ['optimal cost', known('optimalCost', prediction.optimalCost)],
    [
      'thresholds',
      thresholds
        ? `μ₋ = ${figure(thresholds.lower)}, μ₊ = ${figure(thresholds.upper)}`
        : `none: ${reasons.thresholds}`,
    ],
    [
      'relaxation',
      prediction.relaxationRate === null
        ? `none: ${reasons.relaxationRate}`
        : `θ = ${figure(prediction.relaxationRate)}, so that rates settle in m/θ`,
    ],
    [
      'timescales',
      prediction.timescaleRatio === null
        ? `none: ${reasons.timescaleRatio}`
        : `mλ/θ = ${figure(prediction.timescaleRatio)}`,
    ],
    [
      'fixed point',
      fixedPoint
        ? `${figure(fixedPoint.rate, 9)}, where the mean rate goes as m → ∞ ${fixedPoint.approximation ?? 'at this n'}${beside(fixedPoint.rate, optimalRate)}; cost ${figure(fixedPoint.cost)}, regret ${figure(fixedPoint.regret, 3)}`
        : `none: ${reasons.fixedPoint}`,
    ],
    ...(fixedPoint?.mean
      ? [['mean rate', `${figure(fixedPoint.mean, 9)} at this m`] as [string, string]]
      : []),
    ...(classes ?? []).map(({ servers, rate, optimalRate }, k): [string, string] => [
      `class ${k}`,
      `${grouped(servers)} servers: fixed point ${figure(rate, 9)}, optimal rate ${figure(optimalRate, 9)}${beside(rate, optimalRate)}`,
    ]),
  ];
  if (band) {
    const values = band.levels.map(
      (level, i) => `${100 * level} % ${figure(band.values[i] as number)}`,
    );
    lines.push(['band', [`sd ${figure(band.sd)}`, ...values].join('; ')]);
    if (!band.valid) lines.push(['', `not valid here: ${band.reason}`]);
  } else {
    lines.push(['band', `none: ${reasons.band}`]);
  }
  if (stationaryLaw) {
    const { cost, busyProbability } = stationaryLaw;
    const extremes = [Math.min(...busyProbability), Math.max(...busyProbability)].map((p) =>
      figure(p),
    );
    lines.push(
      ['', ''],
      [
        'busy fraction',
        `${figure(stationaryLaw.busyFraction, 9)}, per server ${extremes.join(' … ')}`,
      ],
      ['blocking', figure(stationaryLaw.blockingProbability, 9)],
      ['throughput', `${figure(stationaryLaw.throughput, 9)} per server`],
      ['tasks', `${figure(stationaryLaw.meanTasks, 9)} at a server`],
      ['sojourn time', `${figure(stationaryLaw.meanSojournTime, 9)} mean`],
      ['cost', `${figure(cost.delay)} delay + ${figure(cost.power)} power = ${figure(cost.total)}`],
    );
    if (stationaryLaw.approximation) lines.push(['', `all this ${stationaryLaw.approximation}`]);
  } else if (frozen) {
    lines.push(['stationary law', `none: ${reasons.stationaryLaw}`]);
  }
  if (expectedIdleSignal) {
    const { values, approximation } = expectedIdleSignal;
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    lines.push([
      'idle signal',
      `${figure(mean, 9)} mean${approximation ? ` (${approximation})` : ''}`,
    ]);
  }
  lines.push(['', '']);
  for (const { clause, holds, detail } of prediction.assumptions) {
    lines.push([`2.1(${clause})`, `${holds ? 'holds' : 'FAILS'}: ${detail}`]);
  }
  const width = Math.max(...lines.map(([label]) => label.length)) + 2;
  return `${lines.map(([label, text]) => (label || text) && label.padEnd(width) + text).join('\n')}\n`;
}

/** What is known of a load that changes. */
function loadLines(load: LoadPrediction | string): string {
  if (typeof load === 'string') return `\nload over time  none: ${load}\n`;
  const { meanRates, excess, clairvoyantCost, constant } = load;
  const part = (value: number) => figure(value, 3);
  return `\n${aligned([
    [
      'rates over time',
      `${meanRates.map((rate) => figure(rate)).join(' ')} in the phases of the period (n → ∞)`,
    ],
    [
      'excess cost',
      `${part(excess.total)} = ${part(excess.tracking)} tracking + ${part(excess.noise)} noise, over ${figure(clairvoyantCost)} at the best rate of every moment`,
    ],
    ...(excess.reason ? [['', `noise not valid here: ${excess.reason}`]] : []),
    ['best constant', `${figure(constant.rate)}, excess ${part(constant.excess)}`],
  ])}`;
}
