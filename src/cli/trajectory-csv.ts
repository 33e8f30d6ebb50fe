import { COLUMNS, listColumns } from '../engine/columns.js';
import type { SimulationResult } from '../run/result.js';

/** One header row, then a row for each time of the grid; numbers in full precision. */
export function* csv({ config, trajectory }: SimulationResult): Iterable<string> {
  const columns = listColumns<[name: string, values: Float64Array]>(
    (name) => [COLUMNS[name], trajectory[name]],
    trajectory.levels.map((level, k) => [`q${level}`, trajectory.quantiles[k] as Float64Array]),
  );
  const ids = trajectory.servers;
  const recorded = ids === 'all' ? config.servers : ids.length;

  yield columns.map(([name]) => name).join(',');
  for (let k = 0; k < recorded; k++) {
    const id = ids === 'all' ? k : ids[k];
    yield `,rate_${id},queue_${id}`;
  }
  yield '\n';
  for (let row = 0; row < trajectory.rows; row++) {
    yield columns.map(([, values]) => values[row]).join(',');
    // views made on the spot: of millions of recorded servers there is no room to keep them
    for (let k = 0; k < recorded; k++) {
      yield `,${trajectory.serverRates(k)[row]},${trajectory.serverQueues(k)[row]}`;
    }
    yield '\n';
  }
}
