/** The present rates of all servers, beside the law that theory has for one of them in the long run. */
import type { Band, Snapshot } from '../player/player.js';
import { figureText } from './chart.js';
import { clipTo, line } from './draw.js';
import { EasedRange } from './range.js';
import { type View, type ViewOptions, viewOf } from './view.js';

/** Standard deviations of the law on each side, and points of its curve. */
const SIDES = 4;
const POINTS = 121;
/** A law so much higher than the bars would press them down. */
const HIGHEST = 3;

export function histogramView({
  title = 'Rates of all servers now',
  height,
}: ViewOptions = {}): View {
  const across = new EasedRange();
  const up = new EasedRange();
  let snapshot: Snapshot | null = null;

  /** Shares of the servers per unit of rate. */
  function bars(): { from: number; width: number; densities: Float64Array } {
    if (!snapshot) return { from: 0, width: 1, densities: new Float64Array(0) };
    const { from, to, counts } = snapshot.histogram;
    const width = (to - from) / counts.length;
    const total = counts.reduce((sum, count) => sum + count, 0);
    return { from, width, densities: counts.map((count) => count / total / width) };
  }

  return viewOf(
    {
      title,
      height,
      x: {
        label: 'rate, tasks per unit of time',
        range() {
          if (!snapshot) return [0, 2];
          const { histogram, markers } = snapshot;
          const { band, optimal } = markers;
          let { from, to } = histogram;
          if (optimal !== null) [from, to] = [Math.min(from, optimal), Math.max(to, optimal)];
          if (band) {
            from = Math.min(from, band.mean - 3 * band.sd);
            to = Math.max(to, band.mean + 3 * band.sd);
          }
          return across.towards(from, to, 0.03);
        },
      },
      y: {
        label: 'density',
        range() {
          const { densities } = bars();
          const highest = densities.reduce((most, density) => Math.max(most, density), 0);
          const { band } = snapshot?.markers ?? {};
          const peak = band ? densityAt(band, band.mean) : 0;
          const top = peak <= HIGHEST * highest ? Math.max(peak, highest) : highest;
          return [0, up.towards(0, top || 1, 0.1)[1]];
        },
      },
      draw(context, frame, theme) {
        if (!snapshot) return;
        const { x, y, ratio } = frame;
        clipTo(context, frame.left, frame.top, frame.width, frame.height);
        const { from, width, densities } = bars();
        context.fillStyle = theme.rates;
        context.globalAlpha = 0.55;
        context.beginPath();
        const gap = 0.5 * ratio;
        densities.forEach((density, i) => {
          if (density === 0) return;
          const left = x(from + i * width);
          const right = x(from + (i + 1) * width);
          const top = y(density);
          context.rect(left + gap, top, Math.max(ratio, right - left - 2 * gap), y(0) - top);
        });
        context.fill();
        context.globalAlpha = 1;

        const { band, optimal, fixedPoint } = snapshot.markers;
        const upright = (rate: number | null, colour: string, dash: number[]) => {
          if (rate === null) return;
          const ends = [frame.top, frame.top + frame.height];
          const style = { colour, width: 1.75 * ratio, dash: dash.map((part) => part * ratio) };
          line(
            context,
            [x(rate), x(rate)],
            ends,
            (value) => value,
            (value) => value,
            style,
          );
        };
        upright(fixedPoint, theme.fixed, [2, 3]);
        upright(optimal, theme.optimal, [7, 4]);
        if (band) {
          const rates = Array.from(
            { length: POINTS },
            (_, i) => band.mean + band.sd * SIDES * ((2 * i) / (POINTS - 1) - 1),
          );
          const law = rates.map((rate) => densityAt(band, rate));
          line(context, rates, law, x, y, { colour: theme.band, width: 2.25 * ratio });
        }
      },
      legend() {
        const { band, optimal, fixedPoint } = snapshot?.markers ?? {};
        return [
          { name: 'servers', colour: 'rates', mark: 'area', value: '' },
          { name: 'optimum μ*', colour: 'optimal', mark: 'dashes', value: figureText(optimal) },
          { name: 'fixed point', colour: 'fixed', mark: 'dashes', value: figureText(fixedPoint) },
          { name: 'predicted law, sd', colour: 'band', mark: 'line', value: figureText(band?.sd) },
        ];
      },
      describe() {
        if (!snapshot) return 'Nothing has run yet.';
        const { from, width, densities } = bars();
        const mode = densities.indexOf(densities.reduce((most, x) => Math.max(most, x), 0));
        const { now, markers } = snapshot;
        const { band } = markers;
        return (
          `Rates lie between ${figureText(now.min)} and ${figureText(now.max)}; most are near ${figureText(from + (mode + 0.5) * width)}.` +
          (band
            ? ` Theory has mean ${figureText(band.mean)} and standard deviation ${figureText(band.sd)}.`
            : '')
        );
      },
    },
    {
      push(next) {
        snapshot = next;
      },
      clear() {
        snapshot = null;
        across.forget();
        up.forget();
      },
    },
  );
}

/** The normal law, corrected for skewness to first order (Edgeworth): φ(z)(1 + γ (z³ − 3z)/6)/σ, nowhere below 0. */
function densityAt({ mean, sd, skewness }: Band, rate: number): number {
  const z = (rate - mean) / sd;
  const normal = Math.exp((-z * z) / 2) / (sd * Math.sqrt(2 * Math.PI));
  return Math.max(0, normal * (1 + (skewness * (z ** 3 - 3 * z)) / 6));
}
