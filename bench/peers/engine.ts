/** The library itself, asked and answering like its peers. */
import { Simulation, type SimulationOptions } from '../../src/index.js';
import { type Measurement, measure, type PeerParameters } from './measurement.js';

/** Run as a whole, as the twin is: a system in partitions has other random numbers. */
const AS_A_WHOLE = { partitions: null } as SimulationOptions;

export async function runEngine(parameters: PeerParameters): Promise<Measurement> {
  const { n, lambda, m, low, high, from, until, seed } = parameters;
  const horizon = 2 * until; // the last row of the recording, O(n), stays out of what is timed
  const config = {
    servers: n,
    arrivalRate: lambda,
    inverseStepSize: m,
    initialRates: low === high ? low : { uniform: [low, high] as [number, number] },
    warmup: from,
    horizon,
    record: { interval: horizon },
    seed,
  };
  const simulation = await Simulation.create(config, AS_A_WHOLE);
  const busyTime = () => (simulation.result().busyFraction ?? 0) * n * (simulation.time - from);
  const meanRate = () => simulation.rates().reduce((sum, rate) => sum + rate, 0) / n;
  const measurement = measure(
    {
      run: (time) => simulation.runUntil(time),
      events: () => simulation.events,
      busyTime,
      meanRate,
    },
    parameters,
  );
  return { ...measurement, stateHash: simulation.stateHash() };
}
