/** What theory says of a system under a load that stays. */
import type { CompleteConfig } from '../../src/index.js';
import { predict } from '../../src/theory/index.js';
import type { Load } from './load.js';

/** Where 90 % of the rates are in the long run: between low and high. */
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
  band: Band | null;
  /** why there is no band, as the end of a sentence */
  reason: string | null;
}

/** Never throws: what is not known is null. */
export async function predictionOf(config: CompleteConfig, load: Load): Promise<Prediction> {
  const { schedule: _, period, ...rest } = config;
  const { arrivalRate, inverseStepSize, cost } = load;
  if (period !== undefined) {
    return { fixedPoint: null, band: null, reason: 'the load never stays as it is' };
  }
  const { phases: __, ...record } = rest.record;
  const system = { ...rest, arrivalRate, inverseStepSize, cost };
  try {
    const { fixedPoint, band, reasons } = await predict({
      ...system,
      record: { ...record, quantiles: [0.05, 0.95] },
    });
    const moving = inverseStepSize !== 'inf' && fixedPoint !== null;
    return {
      fixedPoint: moving ? fixedPoint.rate : null,
      band: moving && band?.valid ? bandOf(band) : null,
      reason: band ? band.reason : (reasons.band ?? null),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fixedPoint: null, band: null, reason };
  }
}

function bandOf({
  values,
  sd,
  skewness,
}: {
  values: number[];
  sd: number;
  skewness: number | null;
}): Band {
  const [low, high] = values as [number, number];
  return { low, high, mean: (low + high) / 2, sd, skewness: skewness ?? 0 };
}
