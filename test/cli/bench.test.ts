import { describe, expect, it } from 'vitest';
import { expectedBusyFraction, measureSpeed } from '../../src/run/speed.js';
import { Directory } from './ratescale.js';

// No speed is asserted: it is the machine's. What was simulated meanwhile must obey the exact law.

describe.concurrent('ratescale bench', () => {
  const QUICK = 'bench --servers 100,1000 --seconds 0.2'.split(' ');

  it('prints a table with the error against the exact law', async () => {
    const { code, stdout, stderr } = await new Directory().run(QUICK);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(
      /^servers +ns\/event +min … max +events\/s +busy fraction +less the exact law$/,
    );
    expect(rows.length).toBe(2);
    expect(rows[1]).toMatch(
      /^1,000 +[\d.]+ +[\d.]+ … [\d.]+ +[\d.,]+( million)? +0\.\d+ +[-+]\d\.\de-\d ± \d\.\de-\d$/,
    );
  });

  it('prints one JSON object', async () => {
    const { code, stdout } = await new Directory().run([...QUICK, '--json']);
    expect(code).toBe(0);
    const { system, engine, speeds } = JSON.parse(stdout);
    expect(system).toEqual({ arrivalRate: 0.8, inverseStepSize: 500 });
    expect(engine.kernelHash).toMatch(/^[0-9a-f]{64}$/);
    expect(speeds.map(({ servers }: { servers: number }) => servers)).toEqual([100, 1000]);
    for (const { events, nanosecondsPerEvent, eventsPerSecond, busyFraction } of speeds) {
      const { min, median, max } = nanosecondsPerEvent;
      expect(events).toBeGreaterThan(0);
      expect(min).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(max).toBeGreaterThanOrEqual(median);
      expect(eventsPerSecond * median).toBeCloseTo(1e9, 3);
      // Student's t at 7 degrees of freedom is beyond 8 with probability 1e-4; an allowance for m = 500
      expect(Math.abs(busyFraction.error)).toBeLessThan((8 / 2.36) * busyFraction.halfWidth + 1e-3);
    }
  });

  it.each([
    ['--servers 0', /--servers: got 0; must be a whole number from 1/],
    ['--servers many', /--servers: got "many"/],
    ['--seconds -1', /--seconds: got -1; must be a number from 1e-3 to 3600/],
    ['-n 5', /unknown option '-n'/],
  ])('refuses %s in one line', async (flags, complaint) => {
    const { code, stdout, stderr } = await new Directory().run(['bench', ...flags.split(' ')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
    expect(stderr).toMatch(complaint);
  });
});

describe('measureSpeed', () => {
  it('reports progress, and ends early', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const speeds = await measureSpeed({
      servers: [10],
      seconds: 0.1,
      signal: controller.signal,
      onProgress: (fraction) => {
        seen.push(fraction);
        if (seen.length === 3) controller.abort();
      },
    });
    expect(seen).toEqual([1 / 8, 2 / 8, 3 / 8]);
    expect(speeds.length).toBe(1);
    expect(speeds[0].events).toBeGreaterThan(0);
  });
});

describe('expectedBusyFraction', () => {
  it('is the time average of (λ/μ)(1 − e^{−μt})', () => {
    const steps = 1e5;
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const t = 0.5 + (2 * (i + 0.5)) / steps;
      sum += (0.8 / 1.6) * (1 - Math.exp(-1.6 * t));
    }
    expect(expectedBusyFraction(0.8, 1.6, 0.5, 2.5)).toBeCloseTo(sum / steps, 9);
    expect(expectedBusyFraction(0.8, 1.6, 1000, 2000)).toBeCloseTo(0.5, 12);
  });
});
