/** The library itself, asked and answering like its peers. */
import { Simulation } from '../../src/index.js';
import { type Measurement, measure, type PeerParameters } from './measurement.js';

export async function runEngine(parameters: PeerParameters): Promise<Measurement> {
  const { n, lambda, m, low, high, from, until, seed } = parameters;
  const horizon = 2 * until; // the last row of the recording, O(n), stays out of what is timed
  const simulation = await Simulation.create({
    servers: n,
    arrivalRate: lambda,
    inverseStepSize: m,
    initialRates: low === high ? low : { uniform: [low, high] },
    warmup: from,
    horizon,
    record: { interval: horizon },
    seed,
  });
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
