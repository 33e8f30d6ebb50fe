/** The published results and the page made of them; no speed is asserted. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lastResults } from '../../bench/results.js';
import { ratioOf } from '../../bench/spread.js';
import { PAGE, withTables } from '../../bench/table.js';
import { TARGETS } from '../../bench/targets.js';
import { spreadOf } from '../../src/analysis/spread.js';

const suites = [...new Set(TARGETS.map(({ suite }) => suite))];

describe('docs/speed.md', () => {
  it('is what "npm run bench -- table" makes of the last published results', () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(withTables(page)).toBe(page);
  });

  it.each(suites)('has the results of %s, with where and how they came about', (suite) => {
    const results = lastResults(suite);
    expect(results).toMatchObject({
      suite,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      kernel: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number) },
      machine: { processor: expect.any(String), cores: expect.any(Number) },
    });
    expect(results?.rounds).toBeGreaterThanOrEqual(5);
  });

  it.each(TARGETS.map((target) => ({ ...target, at: target.n ?? 'any n' })))(
    'finds what a target is set for: $what, $at',
    ({ suite, quantity, n }) => {
      const found = lastResults(suite)?.quantities.filter((one) => {
        return one.name === quantity && (n === undefined || one.n === n);
      });
      // what is missing on the machine of the last run is named there
      if (found?.length === 0) expect(lastResults(suite)?.missing).not.toEqual([]);
      else expect(found?.length).toBe(1);
    },
  );

  it('refuses a page without a marker', () => {
    expect(() => withTables('# Speed')).toThrow(/there is no <!-- targets/);
  });
});

describe('spreads', () => {
  it('have the middle and the ends', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => spreadOf([])).toThrow(/^values: is empty/);
  });

  it('of ratios are taken round by round', () => {
    expect(ratioOf([2, 20, 200], [1, 10, 100])).toEqual({ median: 2, min: 2, max: 2 });
  });
});
