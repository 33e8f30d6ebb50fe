import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../src/config/config.js';
import { resolveCosts } from '../../src/engine/costs.js';
import { blockShape } from '../../src/engine/initial-state.js';
import { kernelBuild } from '../../src/engine/kernel.js';
import * as layout from '../../src/engine/layout.js';
import { planMemory } from '../../src/engine/memory.js';
import { BLOCKS, type Block, place } from '../../src/engine/memory-map.js';
import { Simulation } from '../../src/index.js';
import { rawKernel, smallSystem } from './raw-kernel.js';

const BYTES = { u32: 4, i32: 4, u64: 8, f64: 8 };

/** Whether two fields are in different lists of the same turns. */
function takeTurns(a: readonly string[], b: readonly string[]): boolean {
  return a.some((turn) => {
    const [which] = turn.split('.');
    return b.some((other) => other.split('.')[0] === which && other !== turn);
  });
}

/** The arguments of a call, from behind its opening parenthesis on. */
function callArguments(source: string, from: number): string[] {
  const found = [''];
  let depth = 0;
  for (let at = from; depth >= 0; at++) {
    const c = source[at] as string;
    if (c === '(') depth += 1;
    if (c === ')') depth -= 1;
    if (depth === 0 && c === ',') found.push('');
    else if (depth >= 0) found[found.length - 1] += c;
  }
  return found.map((argument) => argument.trim());
}

describe('the memory map', () => {
  it('has fields that lie in no other, but where they are said to take turns', () => {
    let apart = 0;
    for (const block of BLOCKS) {
      const { fields, bytes } = place(block);
      for (const a of fields) {
        expect(a.offset % BYTES[a.type], a.name).toBe(0);
        expect(a.offset + a.bytes, a.name).toBeLessThanOrEqual(bytes);
        for (const b of fields) {
          if (a === b || takeTurns(a.turn, b.turn)) continue;
          const disjoint = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
          expect(disjoint, `${a.name} and ${b.name}`).toBe(true);
          apart += 1;
        }
      }
    }
    expect(apart).toBeGreaterThan(10_000);
  });

  it('is what both compilers read', () => {
    for (const block of BLOCKS) {
      const { fields, marks, bytes } = place(block);
      expect(layout).toMatchObject(Object.fromEntries(fields.map((f) => [f.name, f.offset])));
      expect(layout).toMatchObject(Object.fromEntries(marks.map(([name, value]) => [name, value])));
      expect(layout).toMatchObject({ [block.size]: bytes });
    }
  });

  it('gives fields of the state block the types that the kernel uses', () => {
    const root = new URL('../../assembly/', import.meta.url);
    const kernel = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(file, root), 'utf8'))
      .join('\n');
    const types = new Map(place(BLOCKS[0] as Block).fields.map(({ name, type }) => [name, type]));
    let checked = 0;
    for (const { 0: call, 1: kind, 2: used, index } of kernel.matchAll(
      /\b(load|store)<(\w+)>\(\s*(?=state,)/g,
    )) {
      const name = callArguments(kernel, index + call.length)[kind === 'load' ? 1 : 2] ?? '';
      const type = types.get(name);
      if (!type) continue; // with an offset that is computed
      expect([name, used?.replace('i', 'u')]).toEqual([name, type.replace('i', 'u')]);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(200);
  });

  it('has no constant that nobody uses', () => {
    const files = (directory: string) => {
      const root = new URL(`../../${directory}/`, import.meta.url);
      return readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/layout|memory-map/.test(file))
        .map((file) => readFileSync(new URL(file, root), 'utf8'));
    };
    const code = [...files('assembly'), ...files('src')]
      .join('\n')
      .replaceAll(/import \{[^}]*\} from/g, '');
    const words = new Set(code.match(/\b[A-Z][A-Z0-9_]+\b/g));
    expect(Object.keys(layout).filter((name) => !words.has(name))).toEqual([]);
  });

  it('has room for every block, and for the pair of lanes behind a sweep', () => {
    const lanes = BLOCKS.find(({ size }) => size === 'LANES_BYTES') as Block;
    const { fields, bytes } = place(lanes);
    const behind = 8 * layout.MAX_BLOCK; // where lanes of that pair begin
    for (const { name, type, offset, bytes: length } of fields) {
      const width = BYTES[type];
      // all lanes of a block; of a list one more entry, written in vain
      const perLane = name === 'LANE_RANDOM' ? 3 : 1;
      const spare = name === 'LANE_LIST' ? 1 : 0;
      expect(length, name).toBeGreaterThanOrEqual(width * (perLane * layout.MAX_BLOCK + spare));
      if (name !== 'LANE_RANDOM') {
        expect(offset + behind + 2 * width, name).toBeLessThanOrEqual(bytes);
      }
    }
    for (const servers of [1, 3, 4, 39, 40, 999, 1000, 99_999, 100_000, 1e8]) {
      const { size } = blockShape(servers);
      expect(size % 2).toBe(0);
      expect(size).toBeLessThanOrEqual(layout.MAX_BLOCK);
    }
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

  it('gives disjoint regions, all inside the memory', async () => {
    for (const servers of [1, 7, 100, 65_536, 65_537]) {
      const config = validateConfig({ ...smallSystem, servers, record: { servers: [0] } });
      const plan = planMemory(config, await resolveCosts(config), 1024);
      const { end, pages } = plan;
      const names = Object.keys(plan) as (keyof typeof plan)[];
      const starts = names
        .slice(0, names.indexOf('watchedTasks') + 1)
        .map((name) => plan[name] as number);
      expect(starts).toHaveLength(33);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(starts.every((address) => address % 64 === 0 && address <= end)).toBe(true);
      expect(end).toBeLessThanOrEqual(pages * 65536);
      expect(plan.trajectory - plan.records).toBeGreaterThanOrEqual(32 * servers);
    }
  });

  it('has room for the most servers, with pages for some hundred parts of octaves', async () => {
    const config = validateConfig({ ...smallSystem, servers: 134_000_000 });
    const plan = planMemory(config, await resolveCosts(config), 4096);
    expect(plan.pages).toBeLessThanOrEqual(65536);
    expect(plan.histogramPages).toBeGreaterThan(300);
  });

  it('takes 32 bytes per server where servers dominate', async () => {
    const costs = await resolveCosts(validateConfig(smallSystem));
    for (const servers of [500_000, 20_000_000, 120_000_000]) {
      const plan = planMemory(validateConfig({ ...smallSystem, servers }), costs, 0);
      expect(plan.histogramPool - plan.records).toBe(32 * servers);
      // whatever is beside the records and the pages that nobody touches
      expect((plan.end - 16_384 * plan.histogramPages) / servers).toBeLessThan(33.5);
      expect(plan.end).toBeLessThan(2 ** 32);
    }
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
