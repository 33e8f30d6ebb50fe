import { createRequire } from 'node:module';

type Derivative = (t: number, y: number[]) => number[];
/** The part of the package `odex`, Hairer and Wanner's ODEX, that is used here. */
interface Solver {
  relativeTolerance: number;
  absoluteTolerance: number;
  maxSteps: number;
  solve(derivative: Derivative, start: number, initial: number[], end: number): { y: number[] };
}
// the package ships its sources beside its build; taking the build keeps the type check away from them
const odex = createRequire(import.meta.url)('odex') as { Solver: new (n: number) => Solver };

/** y(end) of y' = derivative(t, y), y(0) = initial, by ODEX with tolerance 1e-13. */
export function solveByOdex(derivative: Derivative, initial: number[], end: number): number[] {
  const solver = new odex.Solver(initial.length);
  solver.relativeTolerance = 1e-13;
  solver.absoluteTolerance = 1e-13;
  solver.maxSteps = 100_000;
  return solver.solve(derivative, 0, initial, end).y;
}
