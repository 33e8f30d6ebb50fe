/** The picture of a run in characters. */
import { plot } from 'asciichart';
import type { SimulationResult } from '../../run/result.js';
import { figure, grouped } from '../format.js';
import type { Theory } from '../summary.js';
import { picker } from './run-charts.js';

const ROWS = 16;
/** Columns of the labels and their axis. */
const MARGIN = 12;
const [NARROWEST, WIDEST, USUAL] = [40, 160, 80];

/** ANSI colours, where standard output is a terminal that wants them. */
const COLOURS = { cyan: '\x1b[36m', yellow: '\x1b[33m', white: '\x1b[97m' };
const RESET = '\x1b[0m';

/** Rates against time: the mean, the outer quantiles that were recorded, and the optimum. */
export function terminalPicture({ trajectory }: SimulationResult, theory: Theory): string[] {
  const { columns = USUAL } = process.stdout;
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns)) - MARGIN;
  const pick = picker(trajectory.rows, width);
  const time = pick(trajectory.time);
  const [first, last] = [time[0], time.at(-1)];
  if (first === undefined || last === undefined) return ['no time was recorded\n'];
  const { levels, quantiles } = trajectory;
  const { optimalRate } = theory;
  // what comes later is drawn over what comes before
  const lines = [
    ...(optimalRate === null
      ? []
      : [
          line(
            `optimal rate μ* ${figure(optimalRate)}`,
            'yellow',
            time.map(() => optimalRate),
          ),
        ]),
    ...[levels.length - 1, 0]
      .filter((k, i, all) => levels[k] !== undefined && all.indexOf(k) === i)
      .map((k) =>
        line(
          `${Number((100 * (levels[k] as number)).toPrecision(6))} % of servers below`,
          'cyan',
          pick(quantiles[k] as Float64Array),
        ),
      ),
    line('mean rate', 'white', pick(trajectory.mean)),
  ];
  const inColour = process.stdout.isTTY && !process.env.NO_COLOR;
  const paint = (text: string, colour: keyof typeof COLOURS) =>
    inColour ? COLOURS[colour] + text + RESET : text;
  const chart = plot(
    lines.map(({ values }) => values),
    {
      height: ROWS,
      format: (value) => figure(value, 4).padStart(MARGIN - 3),
      ...(inColour && { colors: lines.map(({ colour }) => COLOURS[colour]) }),
    },
  );
  const [start, end] = [`t = ${grouped(first)}`, grouped(last)];
  return [
    `\n${chart}\n`,
    `${' '.repeat(MARGIN)}${start}${end.padStart(Math.max(1, width - start.length))}\n`,
    `${' '.repeat(MARGIN)}${lines.map(({ name, colour }) => paint(name, colour)).join(', ')}\n`,
  ];
}

function line(name: string, colour: keyof typeof COLOURS, values: number[]) {
  return { name, colour, values };
}
