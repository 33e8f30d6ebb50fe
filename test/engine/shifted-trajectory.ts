import type { Cost } from '../../src/cost/cost.js';
import { solveByOdex } from '../reference/odex.js';

/** The rate equation (2.2) for g = a (1+x)^−p, as printed. */
export function shiftedTrajectory(
  { g: { a, p }, h: { b, q } }: Cost,
  m: number,
  rate: number,
  signal: number,
  slope: number,
  dt: number,
): number {
  const derivative = (t: number, [x]: number[]) => {
    const idleSignal = signal + slope * t;
    return [
      (a * p * (1 + x) ** (-p - 1) - b * q * x ** (q - 2) - b * q * x ** (q - 1) * idleSignal) / m,
    ];
  };
  return solveByOdex(derivative, [rate], dt)[0];
}
