import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalRateAt, meanArrivalRate } from '../../src/run/load.js';

const load = {
  arrivalRate: 2,
  schedule: [
    { time: 1, arrivalRate: 5 },
    { time: 3, inverseStepSize: 7 },
    { time: 4, arrivalRate: 1 },
  ],
};

describe('the arrival rate over time', () => {
  it('is that of the last change', () => {
    expect([0, 0.9, 1, 3.5, 4, 100].map((t) => arrivalRateAt(load, t))).toEqual([2, 2, 5, 5, 1, 1]);
  });

  it('repeats with the period, from the second on with the last rate of the one before', () => {
    const periodic = { ...load, period: 10 };
    expect([0, 1, 9, 10, 10.9, 11, 14, 20.5].map((t) => arrivalRateAt(periodic, t))).toEqual([
      2, 5, 1, 1, 1, 5, 1, 1,
    ]);
    // 2·1 + 5·3 + 1·6, then 1·1 + 5·3 + 1·6
    expect(meanArrivalRate(periodic, 0, 10)).toBeCloseTo(2.3, 12);
    expect(meanArrivalRate(periodic, 10, 20)).toBeCloseTo(2.2, 12);
    expect(meanArrivalRate(periodic, 10, 1010)).toBeCloseTo(2.2, 12);
  });

  it('has the mean that adding up small steps has', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            time: fc.integer({ min: 0, max: 99 }),
            arrivalRate: fc.integer({ min: 1, max: 9 }),
          }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.boolean(),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        (changes, repeats, from, length) => {
          const schedule = changes.toSorted((a, b) => a.time - b.time);
          const config = { arrivalRate: 3, schedule, ...(repeats && { period: 100 }) };
          let sum = 0;
          for (let t = from; t < from + length; t++) sum += arrivalRateAt(config, t + 0.5);
          expect(meanArrivalRate(config, from, from + length)).toBeCloseTo(sum / length, 9);
        },
      ),
    );
  });
});
