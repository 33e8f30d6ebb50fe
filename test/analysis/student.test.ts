import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { tFactor, tQuantile } from '../../src/numerics/student.js';
import { normalQuantile, studentQuantile } from '../reference/statistics.js';

const levels = [0.51, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9995, 0.999999];

function expectClose(actual: number, expected: number, tolerance = 1e-12): void {
  const error = Math.abs(actual - expected);
  expect(error).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
}

describe('quantiles of Student’s t', () => {
  test('one and two degrees of freedom: closed forms', () => {
    for (const level of levels) {
      expectClose(tQuantile(level, 1), 1 / Math.tan(Math.PI * (1 - level)));
      expectClose(tQuantile(level, 2), (2 * level - 1) / Math.sqrt(2 * level * (1 - level)));
    }
  });

  test('values computed with 40 digits (the incomplete beta function of mpmath, by bisection)', () => {
    const table: [level: number, degreesOfFreedom: number, value: number][] = [
      [0.500001, 1, 3.1415926536904674e-6],
      [0.75, 1, 1.0],
      [0.975, 1, 12.706204736174694],
      [0.999999, 1, 318309.88617359026],
      [0.999999999, 1, 318309895.1862093],
      [1e-7, 1, -3183098.861837802],
      [0.500001, 2, 2.82842712483318e-6],
      [0.75, 2, 0.816496580927726],
      [0.975, 2, 4.302652729749462],
      [0.999999, 2, 707.1057205157671],
      [0.999999999, 2, 22360.68005765849],
      [1e-7, 2, -2236.0676420895793],
      [0.500001, 3, 2.7206990464340377e-6],
      [0.75, 3, 0.7648923284043453],
      [0.975, 3, 3.1824463052837086],
      [0.999999, 3, 103.29946777942897],
      [0.999999999, 3, 1033.1096842432755],
      [1e-7, 3, -222.57159094719873],
      [0.500001, 4, 2.666666666747299e-6],
      [0.75, 4, 0.7406970841126826],
      [0.975, 4, 2.7764451051977934],
      [0.999999, 4, 41.5778541501515],
      [0.999999999, 4, 234.02761206090787],
      [1e-7, 4, -73.9857580477689],
      [0.500001, 7.5, 2.5913399687280504e-6],
      [0.75, 7.5, 0.7085995804442595],
      [0.975, 7.5, 2.333039626864974],
      [0.999999, 7.5, 13.052169759763295],
      [0.999999999, 7.5, 33.32335504617298],
      [1e-7, 7.5, -17.90170634182355],
      [0.500001, 12, 2.5593362583024956e-6],
      [0.75, 12, 0.6954828655117926],
      [0.975, 12, 2.1788128296672284],
      [0.999999, 12, 8.504302718031097],
      [0.999999999, 12, 15.894813401374751],
      [1e-7, 12, -10.551069260342635],
      [0.500001, 31, 2.5269212196422893e-6],
      [0.75, 31, 0.6824863060025722],
      [0.975, 31, 2.039513446396408],
      [0.999999, 31, 5.8286018038895895],
      [0.999999999, 31, 8.344316314305983],
      [1e-7, 31, -6.642581868510374],
      [0.500001, 500, 2.5078819013878717e-6],
      [0.75, 500, 0.674980737965939],
      [0.975, 500, 1.9647198374673673],
      [0.999999, 500, 4.8100851616316405],
      [0.999999999, 500, 6.110469955659263],
      [1e-7, 500, -5.273108351861247],
      [0.500001, 3000, 2.506837169095209e-6],
      [0.75, 3000, 0.6745715373368374],
      [0.975, 3000, 1.960755055322458],
      [0.999999, 3000, 4.762786816175999],
      [0.999999999, 3000, 6.0163361370062685],
      [1e-7, 3000, -5.211508362679301],
      [0.500001, 9999, 2.506690947463151e-6],
      [0.75, 9999, 0.674514286937346],
      [0.975, 9999, 1.9602012636213573],
      [0.999999, 9999, 4.756229965761222],
      [0.999999999, 9999, 6.003356007893415],
      [1e-7, 9999, -5.202984003131079],
      [0.500001, 10001, 2.5066909349296957e-6],
      [0.75, 10001, 0.6745142820303295],
      [0.975, 10001, 1.9602012161646407],
      [0.999999, 10001, 4.756229404396859],
      [0.999999999, 10001, 6.003354897324966],
      [1e-7, 10001, -5.202983273476488],
      [0.95, 99_999, 1.6448688649373506],
      [0.975, 99_999, 1.9599877077718444],
      [0.999999, 99_999, 4.753704719189725],
      [0.500001, 1000000, 2.5066289013628524e-6],
      [0.75, 1000000, 0.6744899955310873],
      [0.975, 1000000, 1.9599663568141066],
      [0.999999, 1000000, 4.7534523482738695],
      [0.999999999, 1000000, 5.9978624603049715],
      [1e-7, 1000000, -5.199374020816577],
    ];
    for (const [level, degreesOfFreedom, value] of table) {
      const error = Math.abs(tQuantile(level, degreesOfFreedom) - value);
      expect(error / Math.max(1, Math.abs(value)), `${level}, ${degreesOfFreedom}`).toBeLessThan(
        1e-12,
      );
    }
  });

  test('another implementation', () => {
    for (const degreesOfFreedom of [3, 4, 7, 12, 18, 31, 99, 500]) {
      for (const level of levels) {
        const other = studentQuantile(level, degreesOfFreedom);
        expectClose(tQuantile(level, degreesOfFreedom), other, 1e-11);
      }
    }
  });

  test('odd about one half, and continuous where the expansion takes over', () => {
    expect(tQuantile(0.5, 7)).toBe(0);
    for (const level of levels) {
      expectClose(tQuantile(1 - level, 7), -tQuantile(level, 7));
      expectClose(tQuantile(level, 10_000.000001), tQuantile(level, 10_000));
      expectClose(tQuantile(level, Number.POSITIVE_INFINITY), normalQuantile(level));
    }
  });

  test('two-sided factor', () => {
    expect(tFactor(0.95, 9)).toBe(tQuantile(0.975, 9));
    expect(tFactor(0, 9)).toBe(0);
  });

  test('refuses bad arguments by name', () => {
    for (const level of [0, 1, Number.NaN]) {
      expect(() => tQuantile(level, 3)).toThrow(/^level: got/);
    }
    for (const degreesOfFreedom of [0, -1, Number.NaN]) {
      expect(() => tQuantile(0.9, degreesOfFreedom)).toThrow(/^degreesOfFreedom: got/);
    }
    for (const level of [-0.1, 1, 95]) expect(() => tFactor(level, 3)).toThrow(ConfigError);
  });
});
