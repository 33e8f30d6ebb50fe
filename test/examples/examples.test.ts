/** Every program in examples/ runs in a project that has the built package, and finds what its words promise. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../docs/pages.js';

const project = mkdtempSync(join(tmpdir(), 'ratescale-examples-'));

beforeAll(() => {
  cpSync(join(root, 'examples'), project, { recursive: true });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/ratescale'));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (name: string) => execFileSync(process.execPath, [name], { cwd: project }).toString();

/** The numbers of a line that begins with a word. */
const numbers = (output: string, word: string) =>
  (output.split('\n').find((line) => line.startsWith(word)) ?? '')
    .match(/-?\d+\.?\d*/g)
    ?.map(Number) ?? [];

describe('examples', () => {
  it('all programs and pages are tried here or in the browser tests', () => {
    const names = readdirSync(join(root, 'examples')).filter((name) => /\.(mjs|html)$/.test(name));
    expect(names).toEqual([
      'custom-cost.mjs',
      'page.html',
      'report.mjs',
      'run.mjs',
      'settling-time.mjs',
    ]);
  });

  it('run.mjs: simulation and theory agree', () => {
    const output = run('run.mjs');
    const [mean = 0, halfWidth = 0] = numbers(output, 'mean rate');
    const [theory = 0] = numbers(output, 'theory');
    expect(halfWidth).toBeLessThan(0.002);
    // the seed is fixed; at m = 500 the mean is within 1e-4 or so of the limit
    expect(Math.abs(mean - theory)).toBeLessThan(3 * halfWidth);
  });

  it('custom-cost.mjs: every cost settles near its best rate', () => {
    const lines = run('custom-cost.mjs').trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      const [, settled, best] = /settle at ([\d.]+), best is ([\d.]+)/.exec(
        line,
      ) as RegExpExecArray;
      expect(Number(settled) / Number(best)).toBeGreaterThan(0.98);
      expect(Number(settled) / Number(best)).toBeLessThan(1.02);
    }
  });

  it('settling-time.mjs: the time is proportional to m', () => {
    const inUnits = run('settling-time.mjs')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(/\s+/).at(-1)));
    expect(inUnits).toHaveLength(4);
    for (const value of inUnits) expect(value).toBeGreaterThan(1);
    expect(Math.max(...inUnits) / Math.min(...inUnits)).toBeLessThan(2);
  });

  it('report.mjs: one file with a picture and a table', () => {
    run('report.mjs');
    const html = readFileSync(join(project, 'report.html'), 'utf8');
    expect(html).toContain('>Rates find the optimum</text>');
    expect(html.match(/<tr>/g)).toHaveLength(4);
    expect(html).not.toMatch(/NaN|undefined/);
  });
});
