import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Directory, MAIN, sleep } from './ratescale.js';

const HOURS = '-n 100 -l 0.8 -m 500 -T 1e9 --interval 100'.split(' ');

describe.concurrent('ratescale run, interrupted', () => {
  it.each<[signal: NodeJS.Signals, code: number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    // what a terminal sends when it closes
    ['SIGHUP', 129],
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

  it('by SIGHUP twice, as a terminal that closes may send it, prints what it reached', async () => {
    const here = new Directory();
    // writing what was recorded takes a while
    const recording = '-n 2000 -l 0.8 -m 500 -T 4000 --interval 1 --record-servers all'.split(' ');
    const { code, stdout } = await here.run(
      ['run', ...recording, '--json', '--trajectory', 'rates.csv'],
      async (child) => {
        await here.underWay(700);
        child.kill('SIGHUP');
        await sleep(50);
        child.kill('SIGHUP');
      },
    );
    expect({ code, status: JSON.parse(stdout).status }).toEqual({ code: 129, status: 'cancelled' });
    expect(here.files()).toEqual(['rates.csv']);
  });

  it('by a time limit prints and writes what it reached', async () => {
    const here = new Directory();
    const args = ['run', ...HOURS, '--json', '--trajectory', 'rates.csv', '--time-limit', '1'];
    const { code, stdout, stderr } = await here.run(args);
    expect({ code, stderr }).toEqual({ code: 124, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result.status).toBe('cancelled');
    expect(result.time.end).toBeGreaterThan(0);
    expect(here.files()).toEqual(['rates.csv']);
  });

  it('not by a time limit that it does not reach, nor delayed by it', async () => {
    const here = new Directory();
    const args = '-n 10 -l 0.8 -m 500 -T 10 --time-limit 1000 --json'.split(' ');
    const { code, stdout } = await here.run(['run', ...args]);
    expect({ code, status: JSON.parse(stdout).status }).toEqual({ code: 0, status: 'completed' });
  });

  it.each(['0', '-1', 'soon', '1e9'])('refuses the time limit %s', async (limit) => {
    const { code, stderr } = await new Directory().run(['run', ...HOURS, '--time-limit', limit]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^ratescale: --time-limit: got ".*"; must be a number of seconds above 0/,
    );
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

describe.runIf(process.platform === 'linux')('a limit on addresses', () => {
  const limited = (args: string, here = new Directory()) => {
    // V8 itself needs some gigabytes of addresses; a WebAssembly memory needs ten more
    const command = `ulimit -v 8000000; "${process.execPath}" "${MAIN}" ${args}`;
    return spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd: here.path });
  };
  const message = /^ratescale: memory: this process cannot reserve .* \(ulimit -v unlimited\)\n$/;
  const config = { servers: 10, arrivalRate: 0.8, inverseStepSize: 500, horizon: 5 };

  it('is named as such, not the number of servers, nor a file, nor an expression', () => {
    const here = new Directory({ 'config.json': config });
    for (const args of ['', '--g "2/x"']) {
      const { status, stderr } = limited(`run config.json ${args}`, here);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });

  it('fails replications aloud', () => {
    const { status, stderr } = limited('replicate -n 10 -l 0.8 -m 500 -T 5 --replications 2');
    expect(stderr).toMatch(/memory: this process cannot reserve/);
    expect(status).not.toBe(0);
  });
});
