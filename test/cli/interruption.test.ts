import { describe, expect, it } from 'vitest';
import { Directory, sleep } from './ratescale.js';

const HOURS = '-n 100 -l 0.8 -m 500 -T 1e9 --interval 100'.split(' ');

describe.concurrent('ratescale run, interrupted', () => {
  it.each<[signal: NodeJS.Signals, code: number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s prints and writes what it reached', async (signal, expected) => {
    const here = new Directory();
    const { code, stdout, stderr } = await here.run(
      ['run', ...HOURS, '--json', '--trajectory', 'rates.csv'],
      async (child) => {
        await here.underWay(500);
        child.kill(signal);
      },
    );
    expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result.status).toBe('cancelled');
    expect(result.time.end).toBeGreaterThan(0);
    expect(result.time.end).toBeLessThan(1e9);
    expect(here.files()).toEqual(['rates.csv']);
    const lines = here.read('rates.csv').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length - 1).toBe(Math.floor(result.time.end / 100) + 1);
    expect(lines.at(-1)?.split(',')).toHaveLength(lines[0]?.split(',').length as number);
  });

  it('says so in the summary', async () => {
    const here = new Directory();
    const { code, stdout } = await here.run(
      ['run', ...HOURS, '--warmup', '1e8', '--trajectory', 'rates.json'],
      async (child) => {
        await here.underWay(300);
        child.kill('SIGINT');
      },
    );
    expect(code).toBe(130);
    expect(stdout).toMatch(/^cancelled {2,}at t = [\d,.]+ of 1,000,000,000$/m);
    expect(stdout).toMatch(/^statistics {2,}none: the warm-up, until t = 100,000,000, took/m);
    expect(stdout).toMatch(/^service rate {2,}– mean/m);
    expect(JSON.parse(here.read('rates.json')).rows).toBeGreaterThan(1);
  });

  it('twice ends at once and leaves nothing behind', async () => {
    const here = new Directory({ 'rates.csv': 'old' });
    // writing what was recorded of 5,000 servers takes seconds
    const recording = '-n 5000 -l 0.8 -m 500 -T 4000 --interval 1 --record-servers all'.split(' ');
    const { code, stdout, stderr } = await here.run(
      ['run', ...recording, '--json', '--trajectory', 'rates.csv'],
      async (child) => {
        await here.underWay(1500);
        child.kill('SIGINT');
        await sleep(300);
        child.kill('SIGINT');
      },
    );
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: '' });
    expect(here.files()).toEqual(['rates.csv']);
    expect(here.read('rates.csv')).toBe('old');
  });
});
