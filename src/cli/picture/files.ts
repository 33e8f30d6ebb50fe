/** The picture of a run as a file. */
import { svgOf } from '../../charts/svg.js';
import type { SimulationResult } from '../../run/result.js';
import { requireDrawing } from '../reproduce/requirements.js';
import type { Theory } from '../summary.js';
import { ratesChart } from './run-charts.js';

/** @throws {BadInput} if what draws it is not installed */
export function svgPicture() {
  requireDrawing(['svg']);
  return async (result: SimulationResult, theory: Theory) => [
    await svgOf(ratesChart(result, theory)),
  ];
}

/** @throws {BadInput} if what draws it is not installed */
export function pngPicture() {
  requireDrawing(['png']);
  return async (result: SimulationResult, theory: Theory) => {
    const { pngOf } = await import('../reproduce/png.js');
    return [await pngOf(await svgOf(ratesChart(result, theory)))];
  };
}
