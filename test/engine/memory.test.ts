import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../src/config/config.js';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { kernelBuild } from '../../src/engine/kernel.js';
import * as layout from '../../src/engine/layout.js';
import { planMemory } from '../../src/engine/memory.js';
import { Simulation } from '../../src/index.js';
import { rawKernel, smallSystem } from './raw-kernel.js';

describe('the memory map', () => {
  it('gives every field of the state block room for its type, as the kernel uses it', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const source = read('src/engine/layout.ts').split('server record, 32 bytes')[0];
    const fields = [...source.matchAll(/export const (\w+) = (\d+);/g)].map(
      ([, name, offset]) => [name, Number(offset)] as const,
    );
    const kernel = readdirSync(new URL('../../assembly', import.meta.url))
      .map((file) => read(`assembly/${file}`))
      .join('\n');
    const offsets = new Set(fields.map(([, offset]) => offset));
    let checked = 0;
    for (const [name, offset] of fields) {
      const uses = kernel.matchAll(new RegExp(`<(\\w+)>\\(\\s*state,[^;]*?\\b${name}\\)`, 'g'));
      for (const [use, type] of uses) {
        if (use.includes(';')) continue;
        const bytes = type === 'u32' ? 4 : 8;
        expect(offset % bytes, name).toBe(0);
        for (let inside = offset + 1; inside < offset + bytes; inside++) {
          expect(offsets.has(inside), `${name} and its neighbour`).toBe(false);
        }
        expect(offset + bytes).toBeLessThanOrEqual(layout.STATE_BYTES);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(100);
    // one name per offset, but for the aliases of the block of dynamics
    expect(fields.length - offsets.size).toBe(2);
  });

  it('keeps the host above the static data of both kernel builds', async () => {
    for (const variant of ['release', 'checked'] as const) {
      const { kernel } = await rawKernel({}, variant);
      expect(kernel.heapBase()).toBeGreaterThan(0);
      expect(kernel.heapBase()).toBeLessThan(65536);
      const simulation = await Simulation.create(smallSystem, { checked: variant === 'checked' });
      expect((await simulation.checkpoint()).length).toBeGreaterThan(0);
    }
  });

  it('gives disjoint regions, all inside the memory', () => {
    for (const servers of [1, 7, 100, 65_536, 65_537]) {
      const config = validateConfig({ ...smallSystem, servers, record: { servers: [0] } });
      const plan = planMemory(config, costFunctions(PAPER_COST), 1024);
      const { columns, rows, watched, costCells, histogramPages, end, pages, ...addresses } = plan;
      const starts = Object.values(addresses);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(starts.every((address) => address % 64 === 0 && address <= end)).toBe(true);
      expect(end).toBeLessThanOrEqual(pages * 65536);
      expect(plan.trajectory - plan.records).toBeGreaterThanOrEqual(32 * servers);
    }
  });

  it('takes 32 bytes per server where servers dominate', () => {
    const plan = (servers: number) =>
      planMemory(validateConfig({ ...smallSystem, servers }), costFunctions(PAPER_COST), 0).end;
    expect((plan(120_000_000) - plan(20_000_000)) / 100_000_000).toBeCloseTo(32, 6);
    expect(plan(120_000_000)).toBeLessThan(2 ** 32);
  });

  it('keeps no mutable state in the module: two instances can take turns on one memory', async () => {
    const one = await rawKernel();
    const other = await rawKernel();
    const { instantiateKernel } = await import('../../src/engine/kernel.js');
    const second = await instantiateKernel(await kernelBuild('checked'), other.memory);
    for (let i = 1; i <= 10; i++) {
      one.kernel.run(one.plan.state, i * 10, 1e6);
      (i % 2 ? other.kernel : second).run(other.plan.state, i * 10, 1e6);
    }
    expect(second.hashState(other.plan.state)).toBe(one.kernel.hashState(one.plan.state));
  });
});
