/** Rates against time: where they were, where every one is now, and where theory has them. */
import type { Markers } from '../player/player.js';
import { Recording } from '../player/rows.js';
import { figureText } from './chart.js';
import { area, clipTo, indexAt, line } from './draw.js';
import { EasedRange, extent } from './range.js';
import { type View, type ViewOptions, viewOf } from './view.js';

/** Pixels for the cloud of the present rates, right of the curves. */
const STRIP = 64;
/** The axis shows what was in this last part of the run: a start far away is left behind. */
const SHOWN = 0.75;
/** Loads whose predictions are remembered. */
const MOST_LOADS = 100;

export function rateView({ title = 'Service rates', height }: ViewOptions = {}): View {
  const recording = new Recording();
  const range = new EasedRange();
  const loads: Markers[] = [];
  let rates = new Float64Array(0);
  let time = 0;

  const present = () => loads.at(-1);
  const latest = (at: number | null) => {
    const { rows } = recording;
    const i = at === null ? rows.time.length - 1 : Math.max(0, indexAt(rows.time, at));
    return { rows, i };
  };

  return viewOf(
    {
      title,
      height,
      strip: STRIP,
      x: { label: 'time', range: () => [0, Math.max(time, 1e-3)] },
      y: {
        label: 'tasks per unit of time',
        range() {
          const { rows } = recording;
          const first = Math.max(0, indexAt(rows.time, (1 - SHOWN) * time));
          const { optimal, band } = present() ?? {};
          const marks = [optimal, band?.low, band?.high].filter((x) => typeof x === 'number');
          const [low, high] = extent([
            marks,
            rates,
            rows.low.subarray(first),
            rows.high.subarray(first),
          ]) ?? [0, 2];
          return range.towards(low, high);
        },
      },
      draw(context, frame, theme) {
        const { rows } = recording;
        const { x, y, ratio } = frame;
        const strip = STRIP * ratio;
        const right = frame.left + frame.width;
        const end = right + strip - 4 * ratio;
        clipTo(context, frame.left, frame.top, frame.width + strip, frame.height);

        loads.forEach(({ since, band, fixedPoint }, i) => {
          const next = loads[i + 1];
          const span = [x(since), next ? x(next.since) : end];
          const same = (value: number) => value;
          if (band) {
            area(
              context,
              span,
              [band.low, band.low],
              [band.high, band.high],
              same,
              y,
              theme.band,
              0.2,
            );
            for (const edge of [band.low, band.high]) {
              line(context, span, [edge, edge], same, y, { colour: theme.band, width: ratio });
            }
          }
          if (fixedPoint !== null) {
            const style = { colour: theme.fixed, width: 1.5 * ratio, dash: [2 * ratio, 3 * ratio] };
            line(context, span, [fixedPoint, fixedPoint], same, y, style);
          }
        });

        area(context, rows.time, rows.low, rows.high, x, y, theme.rates, 0.25);
        const thin = { colour: theme.rates, width: ratio };
        context.globalAlpha = 0.7;
        line(context, rows.time, rows.low, x, y, thin);
        line(context, rows.time, rows.high, x, y, thin);
        context.globalAlpha = 1;
        line(context, rows.time, rows.mean, x, y, { colour: theme.rates, width: 2 * ratio });

        const best = { colour: theme.optimal, width: 1.75 * ratio, dash: [7 * ratio, 4 * ratio] };
        line(context, rows.time, rows.optimal, x, y, { ...best, steps: true });
        const { optimal } = present() ?? {};
        if (typeof optimal === 'number') {
          const last = x(rows.time.at(-1) ?? 0);
          line(context, [last, end], [optimal, optimal], (value) => value, y, best);
        }

        context.fillStyle = theme.rates;
        context.globalAlpha = 0.65;
        context.beginPath();
        const radius = (rates.length > 100 ? 1.6 : 2.2) * ratio;
        const from = right + 8 * ratio;
        rates.forEach((rate, k) => {
          const at = from + ((k + 0.5) / rates.length) * (end - from);
          context.moveTo(at + radius, y(rate));
          context.arc(at, y(rate), radius, 0, 2 * Math.PI);
        });
        context.fill();
        context.globalAlpha = 1;
      },
      legend(at) {
        const { rows, i } = latest(at);
        const { band, fixedPoint, optimal } = present() ?? {};
        const best = at === null ? optimal : rows.optimal[i];
        const low = figureText(rows.low[i]);
        const high = figureText(rows.high[i]);
        return [
          { name: 'mean', colour: 'rates', mark: 'line', value: figureText(rows.mean[i]) },
          { name: '5–95 %', colour: 'rates', mark: 'area', value: `${low}–${high}` },
          { name: 'servers now', colour: 'rates', mark: 'dots', value: '' },
          { name: 'optimum μ*', colour: 'optimal', mark: 'dashes', value: figureText(best) },
          { name: 'fixed point', colour: 'fixed', mark: 'dashes', value: figureText(fixedPoint) },
          {
            name: 'predicted 90 %',
            colour: 'band',
            mark: 'area',
            value: band ? `${figureText(band.low)}–${figureText(band.high)}` : '–',
          },
        ];
      },
      describe() {
        const { rows, i } = latest(null);
        if (i < 0) return 'Nothing has run yet.';
        const { band, optimal } = present() ?? {};
        return (
          `At time ${figureText(time)} the mean rate is ${figureText(rows.mean[i])}, and 90 % of the servers are between ` +
          `${figureText(rows.low[i])} and ${figureText(rows.high[i])}.` +
          (typeof optimal === 'number' ? ` The optimal rate is ${figureText(optimal)}.` : '') +
          (band
            ? ` Theory has 90 % between ${figureText(band.low)} and ${figureText(band.high)}.`
            : '')
        );
      },
    },
    {
      push(snapshot) {
        recording.append(snapshot.rows);
        rates = snapshot.rates as Float64Array<ArrayBuffer>;
        time = snapshot.time;
        const { markers } = snapshot;
        if (present()?.since === markers.since) loads.pop();
        loads.push(markers);
        if (loads.length > MOST_LOADS) loads.shift();
      },
      clear() {
        recording.clear();
        range.forget();
        loads.length = 0;
        rates = new Float64Array(0);
        time = 0;
      },
    },
  );
}
