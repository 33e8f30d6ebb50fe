import { describe, expect, it } from 'vitest';
import { Directory } from './ratescale.js';

const PAPER = '-n 100 -l 0.8 -m 500'.split(' ');

describe.concurrent('ratescale theory', () => {
  it('prints one JSON object with every prediction', async () => {
    const { code, stdout, stderr } = await new Directory().run(['theory', ...PAPER, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const theory = JSON.parse(stdout);
    expect(Object.keys(theory)).toEqual([
      'optimalRate',
      'optimalCost',
      'thresholds',
      'relaxationRate',
      'timescaleRatio',
      'fixedPoint',
      'band',
      'assumptions',
      'stationaryLaw',
      'expectedIdleSignal',
      'reasons',
    ]);
    expect(Object.keys(theory.reasons)).toEqual(['stationaryLaw', 'expectedIdleSignal']);
    expect(theory.optimalRate).toBeCloseTo(1.58740105, 8);
    expect(theory.thresholds.upper).toBeCloseTo(Math.sqrt(5), 12);
    expect(theory.fixedPoint.rate).toBeCloseTo(1.58603377, 8);
    expect(theory.fixedPoint.regret).toBeGreaterThan(0);
    expect(theory.band.sd).toBeCloseTo(0.010958, 6);
    expect(theory.band.valid).toBe(true);
    expect(theory.assumptions.map(({ clause }: { clause: string }) => clause)).toEqual(
      'i ii iii iv v vi'.split(' '),
    );
  });

  it('says the same for the same cost in other words', async () => {
    const here = new Directory();
    const of = async (...flags: string[]) =>
      JSON.parse((await here.run(['theory', ...PAPER, '--json', ...flags])).stdout);
    const [family, expression] = await Promise.all([of(), of('--g', '1/x', '--h', '0.1*x^2')]);
    const numbers = (value: unknown): number[] =>
      typeof value === 'number'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(numbers)
          : [];
    const one = numbers(family);
    const other = numbers(expression);
    expect(one.length).toBeGreaterThan(15);
    expect(other.length).toBe(one.length);
    one.forEach((x, i) => {
      // the regret is a difference of costs: absolute
      expect(Math.abs(other[i] - x)).toBeLessThan(1e-12 * Math.max(1, Math.abs(x)));
    });
  });

  it('gives the exact stationary law at frozen rates', async () => {
    const here = new Directory({ 'rates.txt': '1 2 0.5' });
    const flags = '-n 3 -l 0.8 -m inf --initial-rates rates.txt'.split(' ');
    const { stationaryLaw, expectedIdleSignal, band } = JSON.parse(
      (await here.run(['theory', ...flags, '--json'])).stdout,
    );
    expect(stationaryLaw.busyProbability).toEqual([
      expect.closeTo(0.58157227, 8),
      expect.closeTo(0.43786982, 8),
      expect.closeTo(0.71682164, 8),
    ]);
    expect(expectedIdleSignal).toEqual({
      values: [
        expect.closeTo(0.73989107, 8),
        expect.closeTo(0.67226871, 8),
        expect.closeTo(0.80393755, 8),
      ],
      exact: true,
      approximation: null,
    });
    expect(band).toBeNull();
    const { stdout } = await here.run(['theory', ...flags]);
    expect(stdout).toMatch(/^busy fraction +0\.57875/m);
    expect(stdout).toMatch(/^idle signal +0\.7386/m);
  });

  it('prints a table to read, which says where a prediction is not valid', async () => {
    const here = new Directory();
    const { stdout } = await here.run(['theory', ...PAPER]);
    expect(stdout).toMatch(/^optimal rate μ\* +1\.58740105$/m);
    expect(stdout).toMatch(/^fixed point +1\.58603377,/m);
    expect(stdout).not.toMatch(/not valid/);
    const corner = await here.run('theory -n 100 -l 0.025 -m 100'.split(' '));
    expect(corner.stdout).toMatch(/not valid here: /);
  });

  it('knows other dispatch rules and laws of work, and says how far the fixed point is from the best rate', async () => {
    const here = new Directory();
    const queues = '-n 100 -l 0.5 -m 500 --buffer inf --dispatch random --service scv:2'.split(' ');
    const { stdout } = await here.run(['theory', ...queues]);
    expect(stdout).toMatch(/^fixed point +1\.26359766, .* 3\d % below the optimal rate; cost/m);
    expect(stdout).toMatch(/^mean rate +1\.2647\d* at this m$/m);
    const few = '-n 10 -l 0.8 -m 500 --buffer inf --dispatch jsq:2'.split(' ');
    const none = await here.run(['theory', ...few]);
    expect(none.code).toBe(0);
    expect(none.stdout).toMatch(
      /^fixed point +none: queues under jsq:2 are known for many servers/m,
    );
    const limit = '-n 1000 -l 0.8 -m inf --buffer inf --dispatch jsq:2 --initial-rates 1'.split(
      ' ',
    );
    const frozen = await here.run(['theory', ...limit]);
    expect(frozen.stdout).toMatch(/^tasks +1\.5578.* at a server\n/m);
    expect(frozen.stdout).toMatch(/all this in the limit of many servers/);
  });

  it('knows classes of servers of a file', async () => {
    const dear = { servers: 50, cost: { h: '0.4*x^2' } };
    const config = { servers: 100, arrivalRate: 0.8, inverseStepSize: 500 };
    const classes = [{ servers: 50 }, dear];
    const here = new Directory({ 'classes.json': JSON.stringify({ ...config, classes }) });
    const { stdout } = await here.run(['theory', 'classes.json']);
    expect(stdout).toMatch(/^class 0 +50 servers: fixed point 1\.6769.*, optimal rate 1\.8119/m);
    expect(stdout).toMatch(/^class 1 +50 servers: fixed point 0\.9331.* above the optimal rate$/m);
    const run = await here.run(['run', 'classes.json', '--horizon', '100']);
    expect(run.stdout).toMatch(/^class 0 .*\(predicted 1\.6770 for m → ∞, optimal 1\.8120\)/m);
  });

  it.each([
    ['-n 100 -l 0.8', /--inverse-step-size: missing/],
    ['-n 0 -l 0.8 -m 500', /--servers: got 0/],
    ['-n 3 -l 0.8 -m 500 --g 1/y', /--g: got "1\/y"/],
    ['-n 3 -l 0.8 -m 500 --h -x', /rates have no finite bound/],
  ])('refuses %s in one line', async (flags, complaint) => {
    const { code, stdout, stderr } = await new Directory().run(['theory', ...flags.split(' ')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
    expect(stderr).toMatch(complaint);
  });
});

describe.concurrent('ratescale run, beside theory', () => {
  const RUN = [...PAPER, ...'-T 60000 --warmup 10000 --interval 20 --seed 3'.split(' ')];

  it('shows prediction, band and z-score', async () => {
    const here = new Directory();
    const [{ stdout: json }, { stdout: text, stderr }] = await Promise.all([
      here.run(['run', ...RUN, '--json']),
      here.run(['run', ...RUN]),
    ]);
    const { theory, serviceRate, confidence } = JSON.parse(json);
    expect(theory.fixedPoint.rate).toBeCloseTo(1.58603377, 8);
    expect(theory.comparison.simulated).toBe(serviceRate.mean);
    expect(theory.comparison.batches).toBe(confidence.batches);
    expect(theory.comparison.standardError * confidence.tFactor).toBeCloseTo(
      confidence.halfWidths['serviceRate.mean'],
      14,
    );
    // t with 9 degrees of freedom or more: beyond 5 with probability below 1e-3, at a fixed seed
    expect(Math.abs(theory.comparison.z)).toBeLessThan(5);
    expect(stderr).toBe('');
    expect(text).toMatch(/^predicted +1\.5860 mean \(m → ∞\), z = -?\d/m);
    expect(text).toContain(` from ${confidence.batches} batches of `);
    expect(text).toContain(` from ${confidence.batches} batches\n`);
    expect(text).toMatch(/^band +0\.0110 sd, 5 % below 1\.568\d, 50 % below 1\.5860/m);
  });

  it('warns, in one line each, of clauses of Assumption 2.1 that fail, and runs all the same', async () => {
    const { code, stderr, stdout } = await new Directory().run(
      'run -n 5 -l 0.8 -m 100 -T 100 --g power:1,1 --h power:0.3,1'.split(' '),
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(ratescale: warning: Assumption 2\.1 \([iv]+\) fails: [^\n]+\n)+$/);
    expect(stdout).toContain('service rate');
  });

  it.each([
    '-n 10 -l 3 -m 500',
    '-n 10 -l 0.8 -m 500 --quantiles 0,0.5,1',
    '-n 10 -l 0.8 -m 500 --quantiles none',
    '-n 10 -l 1e-9 -m 500',
    '-n 5 -l 0.8 -m inf --initial-rates 1e-200',
    '-n 5 -l 0.8 -m inf --initial-rates 0',
    '-n 10 -l 0.8 -m 1e-3',
    '-n 5 -l 50 -m 10 --g 1/x-0.001*x^3 --h 0.1*x^2',
    '-n 30 -l 1.7 -m 500 --buffer inf',
    '-n 5 -l 2.3 -m 500 --buffer inf',
    '-n 10 -l 0.8 -m 500 --g shifted:1,1 --h power:0.4,3',
    '-n 10 -l 0.8 -m 500 --g power:1e-9,20 --h power:1e9,20',
  ])('never stands in the way of a legal run: %s', async (system) => {
    const here = new Directory();
    for (const command of ['run', 'theory']) {
      const { code, stderr, stdout } = await here.run([
        command,
        ...system.split(' '),
        ...(command === 'run' ? ['-T', '5'] : []),
      ]);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/^(ratescale: warning: [^\n]+\n)*$/);
      expect(stdout).not.toMatch(/NaN|undefined/);
    }
  });

  it('says so where the prediction is not valid, and at frozen rates gives the exact law', async () => {
    const here = new Directory();
    const corner = await here.run('run -n 20 -l 0.8 -m 10 -T 500'.split(' '));
    expect(corner.stdout).toMatch(/^band .*; not valid: /m);
    const frozen = await here.run(
      'run -n 5 -l 0.8 -m inf --initial-rates 1 -T 50000 --json'.split(' '),
    );
    const { theory, busyFraction, blockingProbability } = JSON.parse(frozen.stdout);
    expect(Math.abs(busyFraction / theory.stationaryLaw.busyFraction - 1)).toBeLessThan(0.02);
    expect(
      Math.abs(blockingProbability / theory.stationaryLaw.blockingProbability - 1),
    ).toBeLessThan(0.05);
  });
});
