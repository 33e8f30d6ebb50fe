import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import { Directory, SMALL, sleep } from './ratescale.js';

/** Long enough to be cut in pieces, with everything that a state can hold. */
const SYSTEM =
  '-n 60 -l 0.8 -m 50 -T 100000 --warmup 3000 --buffer 6 --interval 20 --record-servers 0-2 --sojourns 40 --seed saved'.split(
    ' ',
  );

/** The figures without what differs from run to run. */
function essence(result: Record<string, unknown>) {
  const { engine: _e, confidence: _c, confidenceRefused: _r, theory: _t, ...figures } = result;
  return figures;
}

describe.concurrent('ratescale run --checkpoint and --resume', () => {
  it('in pieces, gives the figures, the state and the trajectory of one run', async () => {
    const here = new Directory();
    const whole = await here.json([...SYSTEM, '--trajectory', 'whole.csv']);
    const pieces = ['--checkpoint', 'run.ckpt', '--resume', 'run.ckpt', '--time-limit'];
    let starts = 0;
    let last = { code: null as number | null, stdout: '', stderr: '' };
    // longer from start to start, so that a busy machine comes to the end as well
    for (let limit = 0.2; last.code !== 0 && limit < 30; limit *= 1.2, starts++) {
      const flags = [...pieces, String(limit), '--json', '--trajectory', 'parts.csv'];
      last = await here.run(['run', ...SYSTEM, ...flags]);
      expect([0, 124]).toContain(last.code);
    }
    expect(starts).toBeGreaterThan(2);
    const result = JSON.parse(last.stdout);
    expect(result.stateHash).toBe(whole.stateHash);
    expect(essence(result)).toEqual(essence(whole));
    expect(result.confidence).toBeNull();
    expect(result.confidenceRefused).toMatch(/checkpoints/);
    expect(here.read('parts.csv')).toBe(here.read('whole.csv'));
    expect(here.files()).toEqual(['parts.csv', 'run.ckpt', 'whole.csv']);
  });

  it('survives kill -9 at any time: the last checkpoint is whole', async () => {
    const here = new Directory();
    const long = [...SYSTEM, '-T', '3e6', '--interval', '3000'];
    for (const wait of [50, 120, 200]) {
      const { code } = await here.run(
        ['run', ...long, '--checkpoint', 'a', '--resume', 'a', '--every', '0.001'],
        async (child) => {
          while (!here.files().includes('a')) await sleep(10);
          await sleep(wait);
          child.kill('SIGKILL');
        },
      );
      expect(code).toBeNull();
      const saved = await Simulation.restore(readFileSync(`${here.path}/a`));
      expect(saved.time).toBeGreaterThan(0);
      expect(saved.time).toBeLessThan(3e6);
    }
    // from there to the same bits
    const saved = await Simulation.restore(readFileSync(`${here.path}/a`));
    const fresh = await Simulation.create(saved.config);
    const later = saved.time + 50;
    saved.runUntil(later);
    fresh.runUntil(later);
    expect(saved.stateHash()).toBe(fresh.stateHash());
  });

  it.each<[signal: NodeJS.Signals, code: number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('is saved on %s', async (signal, expected) => {
    const here = new Directory();
    const flags = [...SMALL, '-T', '1e9', '--interval', '1e6', '--trajectory', 't.csv'];
    const { code, stdout } = await here.run(
      ['run', ...flags, '--checkpoint', 'a', '--json'],
      async (child) => {
        await here.underWay(500);
        child.kill(signal);
      },
    );
    expect(code).toBe(expected);
    const { stateHash, time, status } = JSON.parse(stdout);
    expect(status).toBe('cancelled');
    const saved = await Simulation.restore(readFileSync(`${here.path}/a`));
    expect([saved.stateHash(), saved.time]).toEqual([stateHash, time.end]);
  });

  it('goes on to a later horizon as if it had been that from the start', async () => {
    const here = new Directory();
    const flags = [...SMALL, '--interval', '1', '--buffer', '3'];
    const whole = await here.json([...flags, '-T', '300']);
    await here.json([...flags, '--checkpoint', 'a']);
    const longer = await here.json(['--resume', 'a', '-T', '300', '--trajectory', 'a.csv']);
    expect(longer.stateHash).toBe(whole.stateHash);
    expect(longer.config).toEqual(whole.config);
    expect(here.read('a.csv').trimEnd().split('\n')).toHaveLength(302);
    here.write('config.json', { ...whole.config, record: undefined });
    expect((await here.json(['config.json', '--resume', 'a'])).stateHash).toBe(whole.stateHash);
  });

  it('refuses what does not fit, by its name, before anything runs', async () => {
    const here = new Directory({ old: 'ratescale checkpoint\nbut no more', empty: '' });
    await here.json([...SMALL, '--checkpoint', 'a']);
    const bytes = readFileSync(`${here.path}/a`);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length >> 1] = 1 ^ (damaged[bytes.length >> 1] as number);
    writeFileSync(`${here.path}/damaged`, damaged);
    const before = here.files();
    const refused: [args: string[], complaint: RegExp][] = [
      [['--resume', 'a', '-n', '11'], /^--resume: a is of a run whose servers is 10, not 11; /],
      [['--resume', 'a', '--seed', 'x'], /^--resume: a is of a run whose seed is 1, not "x"; /],
      [['--resume', 'a', '--interval', '5'], /whose record\.interval is 1\.25, not 5; /],
      [['--resume', 'a', '--h', 'power:0.2,2'], /whose cost\.h is .*0\.1.*, not .*0\.2/],
      [['--resume', 'a', '--dispatch', 'random'], /whose dispatch is the default, not "random"/],
      [['--resume', 'a', '-T', '50'], /^--resume: a is of a run to the horizon 100, not 50; /],
      [['--resume', 'a', '-n', '0'], /^--servers: got 0; must be /],
      [['--resume', 'nowhere'], /^--resume: nowhere: no such file or directory$/],
      [['--resume', 'old'], /^--resume: old: /],
      [['--resume', 'empty'], /^--resume: empty: these bytes are not a ratescale checkpoint$/],
      [['--resume', 'damaged'], /^--resume: damaged: the checkpoint is damaged/],
      [
        [...SMALL, '--checkpoint', 'a'],
        /^--checkpoint: "a" is there already; to go on .*--resume a/,
      ],
      [[...SMALL, '--checkpoint', '-'], /^--checkpoint: "-" is no place/],
      [[...SMALL, '--checkpoint', 'no/b'], /^--checkpoint: "no\/b" cannot be written: no such/],
      [[...SMALL, '--checkpoint', '.'], /^--checkpoint: "\." cannot be written: is not a regular/],
      [[...SMALL, '--every', '5'], /^--every: is about --checkpoint, which is missing$/],
      [
        [...SMALL, '--checkpoint', 'b', '--every', '0'],
        /^--every: got "0"; must be a number of se/,
      ],
      [[...SMALL, '--checkpoint', 'b', '--every', 'NaN'], /^--every: got "NaN"; must be /],
      [[...SMALL, '--checkpoint', 'b', '--precision', '0.1'], /^--precision: needs the batches/],
      [[...SMALL, '--checkpoint', 'b', '--warmup', 'auto'], /^--warmup: 'auto' is for simulate/],
    ];
    for (const [args, complaint] of refused) {
      const { code, stdout, stderr } = await here.run(['run', ...args]);
      expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
      expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    }
    expect(here.files()).toEqual(before);
    expect(readFileSync(`${here.path}/a`)).toEqual(bytes);
  });

  it('that cannot be saved says so, still prints the figures, and exits with 1', async () => {
    const here = new Directory();
    const { code, stdout, stderr } = await here.run(
      [
        'run',
        ...SMALL,
        '-T',
        '1e9',
        '--interval',
        '1e6',
        '--json',
        '--checkpoint',
        'a',
        '--every',
        '0.1',
      ],
      async (child) => {
        while (!here.files().includes('a')) await sleep(20);
        rmSync(here.path, { recursive: true });
        await sleep(1000);
        child.kill('SIGINT');
      },
    );
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    const warning = /^ratescale: warning: --checkpoint: a could not be written: no such file/;
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(warning);
    expect(lines.at(-1)).toMatch(/^ratescale: --checkpoint: a could not be written: no such file/);
    expect(JSON.parse(stdout).status).toBe('cancelled');
  });

  it('warns of servers that cannot keep up, as any run does', async () => {
    const here = new Directory();
    const flags = ['run', ...SMALL, '-l', '3', '--buffer', 'inf'];
    const plain = await here.run(flags);
    const saved = await here.run([...flags, '--checkpoint', 'a']);
    expect(plain.stderr).toMatch(/^ratescale: warning: .*servers cannot keep up/m);
    expect(saved.stderr).toBe(plain.stderr);
  });

  it('saves as often as it is told', async () => {
    const here = new Directory();
    const seen = new Set<number>();
    await here.run(
      ['run', ...SMALL, '-T', '1e9', '--interval', '1e6', '--checkpoint', 'a', '--every', '0.05'],
      async (child) => {
        for (let k = 0; k < 400 && seen.size < 4; k++) {
          await sleep(20);
          if (here.files().includes('a')) seen.add(statSync(`${here.path}/a`).mtimeMs);
        }
        child.kill('SIGINT');
      },
    );
    expect(seen.size).toBe(4);
  });
});
