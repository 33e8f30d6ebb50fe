/** What theory says of a system under a constant load. */
import { type CompleteConfig, ConfigError, resolveCost } from '../../src/index.js';
import { fixedPoint, fluctuationBand, queueingFixedPoint } from '../../src/theory/index.js';
import type { Load } from './load.js';

/** The band of the rates in the long run: 90 % are between low and high. */
export interface Band {
  low: number;
  high: number;
  /** of the law of one server's rate */
  mean: number;
  sd: number;
  skewness: number;
}

export interface Prediction {
  /** where the rates of these n servers settle for large m */
  fixedPoint: number | null;
  /** where 90 % of the rates are in the long run */
  band: Band | null;
  /** why there is no band, as the end of a sentence */
  reason: string | null;
}

/** Never throws: what is not known is null. */
export async function predictionOf(config: CompleteConfig, load: Load): Promise<Prediction> {
  const silent = (reason: string, settled: number | null = null): Prediction => ({
    fixedPoint: settled,
    band: null,
    reason,
  });
  const { servers, buffer, dispatch = 'jiq', service = 'exponential' } = config;
  const { arrivalRate, inverseStepSize } = load;
  if (dispatch !== 'jiq') return silent('it is known for Join-Idle-Queue only');
  if (service !== 'exponential') return silent('it is known for exponential work only');
  if (config.classes) return silent('it is known where all servers are alike only');
  if (config.period !== undefined) return silent('the load never stays as it is');
  if (inverseStepSize === 'inf') return silent('the rates stand still');
  let settled: number | null = null;
  try {
    const cost = await resolveCost(load.cost);
    if (buffer !== 1) {
      const room = buffer === 'inf' ? Number.POSITIVE_INFINITY : buffer;
      const { rate, neglected } = queueingFixedPoint(cost, arrivalRate, servers, room);
      settled = rate;
      if (neglected === null) return silent('it is known where queues are rare only', settled);
    }
    settled ??= fixedPoint(cost, arrivalRate, servers).rate;
    const band = fluctuationBand(cost, arrivalRate, inverseStepSize, [0.05, 0.95], servers);
    if (!band.valid) return silent(band.reason as string, settled);
    const [low, high] = band.values as [number, number];
    const { mean, sd, skewness } = band;
    const law = { mean, sd, skewness: skewness ?? 0 };
    return { fixedPoint: settled, band: { low, high, ...law }, reason: null };
  } catch (error) {
    if (error instanceof ConfigError) {
      return silent(error.message.slice(error.field.length + 2), settled);
    }
    return silent(error instanceof Error ? error.message : String(error), settled);
  }
}
