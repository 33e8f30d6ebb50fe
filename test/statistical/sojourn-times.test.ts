/** Tagged tasks: the law of the sojourn time. False-alarm probability 1e-6 per comparison. */
import { describe, expect, it } from 'vitest';
import { Simulation, type SimulationConfig } from '../../src/index.js';
import { chiSquareTest, kolmogorovUpperTail, studentInterval } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;

async function run(config: Partial<SimulationConfig>): Promise<Simulation> {
  const simulation = await Simulation.create({
    servers: 1,
    arrivalRate: 0.7,
    inverseStepSize: 'inf',
    initialRates: 1,
    horizon: 1e6,
    seed: 'sojourn',
    ...config,
  });
  simulation.runUntil();
  return simulation;
}

/** p-value of the one-sample Kolmogorov–Smirnov test against an exponential law. */
function exponentialPValue(sample: Float64Array, rate: number): number {
  const sorted = sample.slice().sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = -Math.expm1(-rate * x);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return kolmogorovUpperTail(distance * Math.sqrt(sorted.length));
}

describe('sojourn times of tagged tasks', () => {
  it('M/M/1, first come first served: exponential with rate μ − λ', async () => {
    // tags 350 units of time apart, ten relaxation times: independent
    const simulation = await run({ buffer: 'inf', horizon: 2e6, record: { sojourns: 5000 } });
    const times = simulation.sojournTimes();
    expect(times.length).toBeGreaterThan(4900);
    expect(exponentialPValue(times, 0.3)).toBeGreaterThan(FALSE_ALARM);
  });

  it('exponential at the far end of time, where absolute times are a ten-thousandth apart', async () => {
    // some 1,000 tasks, of which none finds another: sojourn times are service times
    const simulation = await run({
      arrivalRate: 1e-9,
      horizon: 1e12,
      record: { interval: 1e12, sojourns: 10_000 },
    });
    const times = simulation.sojournTimes();
    const { sojournTime, events } = simulation.result();
    expect(times.length).toBe(events.departures);
    expect(sojournTime?.tagged).toBe(events.arrivals - events.dropped);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(exponentialPValue(times, 1)).toBeGreaterThan(FALSE_ALARM);
    // as good as all different: half a pair of a thousand is equal on average with a clock of 2e-6 that restarts with
    // each epoch, thirty with one of 1e-4; ten or more with probability 1e-9
    expect(times.length - new Set(times).size).toBeLessThan(10);
  });

  it('M/M/1/3: a mixture of Erlang laws, by the queue found on arrival', async () => {
    const simulation = await run({
      buffer: 3,
      arrivalRate: 1.2,
      horizon: 4e5,
      record: { sojourns: 5000 },
    });
    const times = simulation.sojournTimes();
    // an accepted task finds k = 0, 1, 2 tasks with probability ∝ 1.2^k, and stays for k + 1 services
    const weights = [1, 1.2, 1.44].map((w) => w / 3.64);
    const survival = (x: number) =>
      Math.exp(-x) * (weights[0] + weights[1] * (1 + x) + weights[2] * (1 + x + (x * x) / 2));
    const edges = [0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7];
    const counts = new Array<number>(edges.length + 1).fill(0);
    for (const x of times) counts[edges.filter((edge) => edge <= x).length] += 1;
    const tails = [1, ...edges.map(survival), 0];
    const law = counts.map((_, i) => tails[i] - tails[i + 1]);
    expect(chiSquareTest(counts, law).pValue).toBeGreaterThan(FALSE_ALARM);
  });

  it('unit buffers: the service time, and Little’s law for its mean', async () => {
    const means: number[] = [];
    for (let k = 0; k < 20; k++) {
      const simulation = await run({
        servers: 20,
        initialRates: { uniform: [0.5, 2] },
        horizon: 5000,
        warmup: 100,
        seed: `little ${k}`,
        record: { sojourns: 1e6 }, // more than there are tasks: every one is tagged
      });
      const { sojournTime, events, meanSojournTime } = simulation.result();
      expect(sojournTime?.tagged).toBe(events.arrivals - events.dropped);
      expect((sojournTime?.tagged as number) - (sojournTime?.finished as number)).toBe(
        simulation.busyServers,
      );
      means.push((sojournTime?.mean as number) - (meanSojournTime as number));
    }
    // The same tasks but for those in the system at the two ends of the window, up to 20 of some 60,000
    // with a few units of time each.
    const edge = 1e-3;
    const { mean, halfWidth } = studentInterval(means, FALSE_ALARM);
    expect(Math.abs(mean)).toBeLessThan(edge);
    expect(halfWidth).toBeLessThan(2e-3);
  });

  it('follows tasks through a draining backlog in order of arrival', async () => {
    const simulation = await run({
      buffer: 'inf',
      initialTasks: 50,
      horizon: 60,
      record: { sojourns: 1000 },
    });
    const times = simulation.sojournTimes();
    // the first to come waits for 50 services or so, less the time it came: Erlang, sd √50
    expect(Math.abs(times[0] - 50)).toBeLessThan(4.9 * Math.sqrt(50) + 5);
    expect(simulation.result().sojournTime?.tagged).toBeGreaterThan(times.length);
  });

  it('is observation: the same events with and without', async () => {
    for (const buffer of [1, 3, 'inf'] as const) {
      const config = {
        servers: 10,
        buffer,
        initialTasks: 1,
        inverseStepSize: 50,
        horizon: 500,
      } as const;
      const plain = await run(config);
      const tagged = await run({ ...config, record: { sojourns: 300 } });
      expect(tagged.stateHash()).toBe(plain.stateHash());
      expect(tagged.result().sojournTime?.finished).toBeGreaterThan(200);
      expect(plain.result()).not.toHaveProperty('sojournTime');
    }
  });

  it('goes through checkpoints', async () => {
    const config = { buffer: 'inf', horizon: 3000, record: { sojourns: 100 } } as const;
    const whole = await run(config);
    const first = await Simulation.create({ ...whole.config });
    first.runUntil(1234);
    const second = await Simulation.restore(await first.checkpoint());
    second.runUntil();
    expect(second.sojournTimes()).toEqual(whole.sojournTimes());
  });
});
