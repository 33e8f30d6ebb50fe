import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figure } from '../../src/cli/format.js';
import { Directory, MAIN, SMALL } from './ratescale.js';

const PAPER = new URL('../../examples/paper.json', import.meta.url);

describe.concurrent('ratescale', () => {
  it('prints its help: on request, and as an error when there is nothing to do', async () => {
    const here = new Directory();
    const help = await here.run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('run [options] [config]');
    const nothing = await here.run([]);
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toContain('run [options] [config]');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    const outcome = await new Directory().run(['--version']);
    expect(outcome).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('explains every flag of a run', async () => {
    const { code, stdout } = await new Directory().run(['run', '--help']);
    expect(code).toBe(0);
    const flags =
      '-n, --servers; -l, --arrival-rate; -m, --inverse-step-size; --buffer; --initial-rates; ' +
      '--initial-tasks; --g; --h; -T, --horizon; --warmup; --interval; --quantiles; --seed; ' +
      '--record-servers; --sojourns; --json; --trajectory';
    for (const flag of flags.split('; ')) expect(stdout).toMatch(new RegExp(`^  ${flag}\\b`, 'm'));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe.concurrent('ratescale run --json', () => {
  it('prints one JSON object, whole, and nothing else', async () => {
    const { code, stdout, stderr } = await new Directory().run(['run', ...SMALL, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.endsWith('}\n')).toBe(true);
    const result = JSON.parse(stdout);
    expect(Object.keys(result).sort()).toEqual([
      'blockingProbability',
      'busyFraction',
      'confidence',
      'confidenceRefused',
      'config',
      'cost',
      'engine',
      'events',
      'maxQueueLength',
      'meanIdleSignal',
      'meanQueueLength',
      'meanSojournTime',
      'serviceRate',
      'stateHash',
      'status',
      'theory',
      'throughput',
      'time',
    ]);
    expect(result).toMatchObject({
      status: 'completed',
      time: { start: 0, end: 100 },
      config: { servers: 10, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100, buffer: 1 },
    });
    expect(result.stateHash).toMatch(/^[0-9a-f]{16}$/);
    expect(result.events.arrivals).toBeGreaterThan(600);
  });

  it('can be run again, from its own output and from its trajectory', async () => {
    const here = new Directory({ rates: '0.5 1\n1.5, 2' });
    const flags = '-n 4 -l 0.7 -m inf --initial-rates rates --buffer inf -T 50 --seed x'.split(' ');
    const first = await here.json([...flags, '--trajectory', 'trajectory.json']);
    here.write('first.json', first);
    const second = await here.json(['first.json']);
    expect(second.config).toEqual(first.config);
    expect(second.stateHash).toBe(first.stateHash);
    const third = await here.json(['trajectory.json']);
    expect(third.stateHash).toBe(first.stateHash);
    const other = await here.json(['first.json', '--seed', 'y']);
    expect(other.stateHash).not.toBe(first.stateHash);
  });

  it.each([
    ['one server, hardly a task', '-n 1 -l 1e-6 -m 5 -T 100', { busyFraction: 0, throughput: 0 }],
    [
      'only warm-up',
      '-n 5 -l 0.8 -m 50 -T 20 --warmup 20',
      { busyFraction: null, throughput: null },
    ],
    [
      'servers that stand still',
      '-n 5 -l 0.8 -m inf -T 50 --initial-rates 0',
      { throughput: 0, meanSojournTime: null, maxQueueLength: 1 },
    ],
  ])('tells a degenerate run apart: %s', async (_, flags, expected) => {
    const here = new Directory();
    expect(await here.json(flags.split(' '))).toMatchObject({ status: 'completed', ...expected });
    const { code, stdout, stderr } = await here.run(['run', ...flags.split(' ')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('–');
    expect(stdout).not.toMatch(/NaN|Infinity|null|undefined/);
    expect(stdout.includes('the warm-up, until t = 20, took the whole run')).toBe(
      flags.includes('--warmup'),
    );
  });
});

describe.concurrent('the summary of ratescale run', () => {
  it('shows the figures of the result beside the optimum', async () => {
    const here = new Directory({ 'paper.json': readFileSync(PAPER, 'utf8') });
    const [result, { code, stdout, stderr }] = await Promise.all([
      here.json(['paper.json']),
      here.run(['run', 'paper.json']),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = new Map(
      stdout.split('\n').map((line) => [line.slice(0, 15).trim(), line.slice(15)] as const),
    );
    const five = (x: number) => x.toPrecision(5);
    const { serviceRate, cost, events } = result;
    expect(lines.get('system')).toBe('n = 100, λ = 0.8, m = 500, buffer 1');
    expect(lines.get('seed')).toBe('1');
    expect(lines.get('statistics')).toBe('from t = 10,000 to 60,000, rates sampled 834 times');
    const { batches, halfWidths } = result.confidence;
    const within = (name: string) => ` ± ${figure(halfWidths[name], 2)}`;
    expect(lines.get('intervals')).toMatch(
      new RegExp(`^95 % \\(±\\), from ${batches} batches of `),
    );
    expect(lines.get('service rate')).toBe(
      `${five(serviceRate.mean)}${within('serviceRate.mean')} mean, ${serviceRate.sd.toPrecision(3)} sd, ` +
        `5 % below ${five(serviceRate.p05)}${within('serviceRate.p05')}, ` +
        `5 % above ${five(serviceRate.p95)}${within('serviceRate.p95')}`,
    );
    expect(lines.get('optimal rate')).toMatch(/^1\.5874 \(the mean is 0\.\d+ % below\)$/);
    expect(lines.get('busy fraction')).toBe(five(result.busyFraction) + within('busyFraction'));
    expect(lines.get('throughput')).toMatch(new RegExp(`^${five(result.throughput)} `));
    expect(lines.get('sojourn time')).toMatch(new RegExp(`^${five(result.meanSojournTime)} `));
    expect(lines.get('idle signal')).toMatch(new RegExp(`^${five(result.meanIdleSignal)} `));
    expect(lines.get('cost')).toBe(
      `${five(cost.delay)} delay + ${five(cost.power)} power = ${five(cost.total)}`,
    );
    expect(lines.get('events')?.replaceAll(',', '')).toBe(
      `${events.arrivals} arrivals ${events.dropped} dropped ${events.departures} departures`,
    );
    expect(lines.get('events')).toMatch(/^4,\d{3},\d{3} arrivals, /);
    expect(lines.get('speed')).toMatch(/events\/s, \S+ ns per event/);
    expect(lines.get('memory')).toMatch(/^32 bytes per server, \S+ [KM]iB in total$/);
    expect(lines.get('state hash')).toBe(result.stateHash);
  });

  it('shows the law of the sojourn time of the tasks that were followed', async () => {
    const here = new Directory();
    const flags = [...SMALL, '--sojourns', '50'];
    const [{ sojournTime }, { stdout }] = await Promise.all([
      here.json(flags),
      here.run(['run', ...flags]),
    ]);
    const { tagged, finished, mean, p50, p99 } = sojournTime;
    const line = /^sojourn law +(.*)$/m.exec(stdout)?.[1];
    expect(line).toContain(
      `${finished} of ${tagged} followed tasks: ${mean.toPrecision(5)} mean, `,
    );
    expect(line).toContain(`, 50 % below ${p50.toPrecision(5)}, `);
    expect(line).toContain(`, 99 % below ${p99.toPrecision(5)}`);
    expect((await here.run(['run', ...SMALL])).stdout).not.toContain('sojourn law');
  });

  it('does not measure frozen rates against the optimum', async () => {
    const flags = '-n 10 -l 0.8 -m inf --initial-rates 1.5 -T 100'.split(' ');
    const { stdout } = await new Directory().run(['run', ...flags]);
    expect(stdout).toContain('1.5874 (rates are frozen and do not seek it)');
    expect(stdout).not.toMatch(/the mean is/);
  });

  it('shows no progress in a pipe', async () => {
    const flags = '-n 1000 -l 0.8 -m 500 -T 8000'.split(' '); // longer than a bar waits to appear
    const { stdout, stderr } = await new Directory().run(['run', ...flags]);
    expect(stderr).toBe('');
    for (const trace of ['\x1b', '█', 'left']) expect(stdout).not.toContain(trace);
    expect(Number(/ (\S+) s in all/.exec(stdout)?.[1])).toBeGreaterThan(0.31);
  });

  it('minds no reader that leaves early', async () => {
    const outcome = await new Directory().run(['run', ...SMALL], (child) =>
      child.stdout?.destroy(),
    );
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
describe.skipIf(!script.stdout?.includes('util-linux'))('on a terminal', () => {
  it('ratescale run shows speed and remaining time on stderr, and keeps stdout clean', async () => {
    const here = new Directory();
    const command = `"${process.execPath}" "${MAIN}" run -n 1000 -l 0.8 -m 500 -T 12000 --json > out.json`;
    const { stdout } = spawnSync('script', ['-qec', `stty cols 120; ${command}`, '/dev/null'], {
      cwd: here.path,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(
      /[█░]{30} \d+ % {2}t = \S+ of 12,000 {2}\S+ million events\/s {2}\S+ s left/,
    );
    // the bar's last words: line wrapping on again, line cleared
    expect(stdout.lastIndexOf('\x1b[?7h')).toBeGreaterThan(stdout.lastIndexOf('░'));
    expect(JSON.parse(here.read('out.json')).status).toBe('completed');
  });
});
