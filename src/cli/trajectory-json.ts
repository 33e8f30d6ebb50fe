import { type ColumnName, listColumns } from '../engine/columns.js';
import type { SimulationResult } from '../run/result.js';

/** An object with the configuration and the fields of `TrajectoryCopy`, as plain arrays. */
export function* json({ config, trajectory }: SimulationResult): Iterable<string> {
  const recorded = trajectory.servers === 'all' ? config.servers : trajectory.servers.length;
  yield `{"config":${JSON.stringify(config)}`;
  yield `,\n"rows":${trajectory.rows}`;
  yield `,\n"levels":${JSON.stringify(trajectory.levels)}`;
  yield `,\n"servers":${JSON.stringify(trajectory.servers)}`;
  for (const name of listColumns<ColumnName | 'quantiles'>((name) => name, ['quantiles'])) {
    yield `,\n"${name}":`;
    if (name === 'quantiles')
      yield* arrays(trajectory.levels.length, (k) => trajectory.quantiles[k] as Float64Array);
    else yield* numbers(trajectory[name]);
  }
  yield ',\n"serverRates":';
  yield* arrays(recorded, (k) => trajectory.serverRates(k));
  yield ',\n"serverQueues":';
  yield* arrays(recorded, (k) => trajectory.serverQueues(k));
  yield '}\n';
}

function* arrays(count: number, column: (k: number) => Float64Array | Uint32Array) {
  yield '[';
  for (let k = 0; k < count; k++) {
    if (k > 0) yield ',\n';
    yield* numbers(column(k));
  }
  yield ']';
}

function* numbers(values: Float64Array | Uint32Array) {
  yield '[';
  for (let i = 0; i < values.length; i++) yield i > 0 ? `,${values[i]}` : `${values[i]}`;
  yield ']';
}
