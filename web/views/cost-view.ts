/** What the system costs by objective (2.1), against the least that any rates could cost. */
import { Recording } from '../player/rows.js';
import { figureText } from './chart.js';
import { area, clipTo, indexAt, line } from './draw.js';
import { EasedRange, extent } from './range.js';
import { type View, type ViewOptions, viewOf } from './view.js';

/** The axis shows what was in this last part of the run. */
const SHOWN = 0.85;

export function costView({ title = 'Cost against the optimum', height }: ViewOptions = {}): View {
  const recording = new Recording();
  const range = new EasedRange();
  let time = 0;
  const place = (at: number | null) => {
    const { rows } = recording;
    const i = at === null ? rows.time.length - 1 : Math.max(0, indexAt(rows.time, at));
    return { rows, i, above: (rows.cost[i] as number) / (rows.optimalCost[i] as number) - 1 };
  };

  return viewOf(
    {
      title,
      height,
      x: { label: 'time', range: () => [0, Math.max(time, 1e-3)] },
      y: {
        label: 'cost per server and unit of time',
        range() {
          const { rows } = recording;
          const first = Math.max(0, indexAt(rows.time, (1 - SHOWN) * time));
          const [low, high] = extent([rows.cost, rows.optimalCost], first) ?? [0, 1];
          return range.towards(low, high, 0.12);
        },
      },
      draw(context, { left, top, width, height, ratio, x, y }, theme) {
        const { rows } = recording;
        clipTo(context, left, top, width, height);
        area(context, rows.time, rows.optimalCost, rows.cost, x, y, theme.cost, 0.16);
        const best = { colour: theme.optimal, width: 1.75 * ratio, dash: [7 * ratio, 4 * ratio] };
        line(context, rows.time, rows.optimalCost, x, y, { ...best, steps: true });
        line(context, rows.time, rows.cost, x, y, { colour: theme.cost, width: 2 * ratio });
      },
      legend(at) {
        const { rows, i, above } = place(at);
        const share = Math.abs(100 * above).toFixed(1);
        const sign = above < 0 && share !== '0.0' ? '−' : '+';
        const percent = Number.isNaN(above) ? '' : ` (${sign}${share} %)`;
        return [
          {
            name: 'cost',
            colour: 'cost',
            mark: 'line',
            value: `${figureText(rows.cost[i])}${percent}`,
          },
          {
            name: 'optimum',
            colour: 'optimal',
            mark: 'dashes',
            value: figureText(rows.optimalCost[i]),
          },
        ];
      },
      describe() {
        const { rows, i, above } = place(null);
        if (i < 0) return 'Nothing has run yet.';
        const cost = rows.cost[i] as number;
        if (Number.isNaN(cost)) return 'The cost is not known yet.';
        return (
          `At time ${figureText(time)} the cost is ${figureText(cost)}` +
          (Number.isNaN(above)
            ? '.'
            : `, ${Math.abs(100 * above).toFixed(1)} % ${above < 0 ? 'below' : 'above'} the optimum of ${figureText(rows.optimalCost[i])}.`)
        );
      },
    },
    {
      push(snapshot) {
        recording.append(snapshot.rows);
        time = snapshot.time;
      },
      clear() {
        recording.clear();
        range.forget();
        time = 0;
      },
    },
  );
}
