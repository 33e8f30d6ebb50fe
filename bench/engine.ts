/**
 * npm run bench: nanoseconds per event (accepted arrival or completion) near the steady state, per number of
 * servers, beside the error of the busy fraction against the exact law, because a fast wrong simulator is
 * worth nothing. Times are ratios to the run of 100 servers in the same process; machines differ, ratios less.
 */
import b from 'benny';
import { Simulation } from '../src/index.js';

const ARRIVAL_RATE = 0.8;
const RATE = 1.5874010519681994;
const SIZES = [100, 10_000, 1_000_000];

/** A system in its steady state, and how long to run it for a million events. */
async function steady(servers: number) {
  const duration = 1e6 / (2 * ARRIVAL_RATE * servers);
  const horizon = 1e6;
  const simulation = await Simulation.create({
    servers,
    arrivalRate: ARRIVAL_RATE,
    inverseStepSize: 500,
    initialRates: RATE,
    warmup: 10,
    horizon,
    record: { interval: horizon },
  });
  simulation.runUntil(10);
  return { simulation, duration };
}

const systems = await Promise.all(SIZES.map(steady));
const summary = await b.suite(
  'a million events at λ = 0.8, m = 500',
  ...systems.map(({ simulation, duration }, i) =>
    b.add(`n = ${SIZES[i]}`, () => {
      simulation.runUntil(simulation.time + duration);
    }),
  ),
  b.cycle(),
);

// details.mean is in seconds per run of a million events; benny's own `ops` is rounded
const reference = summary.results[0]?.details.mean as number;
console.log('servers      ns/event   spread   ratio to n = 100   busy fraction − λ/μ*');
summary.results.forEach((result, i) => {
  const { mean, relativeMarginOfError } = result.details;
  const busy = systems[i]?.simulation.result().busyFraction as number;
  console.log(
    [
      String(SIZES[i]).padEnd(10),
      (mean * 1e3).toFixed(1).padStart(10),
      `± ${relativeMarginOfError.toFixed(1)} %`.padStart(9),
      (mean / reference).toFixed(2).padStart(12),
      (busy - ARRIVAL_RATE / RATE).toExponential(1).padStart(20),
    ].join('  '),
  );
});
