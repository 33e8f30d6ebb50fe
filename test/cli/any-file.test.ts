/** Files of any content, given to every command that reads one: bad input (2), in one line, with nothing left behind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory } from './ratescale.js';

const system = { servers: 3, arrivalRate: 0.8, inverseStepSize: 50, horizon: 20 };

/** By name, what a file may hold that no configuration, plan or table does. */
const CONTENTS: Record<string, string> = {
  nothing: '',
  spaces: ' \n\t\n',
  'a number': '42',
  'a list': '[[[[[]]]]]',
  null: 'null',
  'half an object': JSON.stringify(system).slice(0, 30),
  'a deep list': '['.repeat(100_000),
  'a deep object': '{"a":'.repeat(50_000),
  prototypes: '{"__proto__": {"servers": 3}, "constructor": {"prototype": {"horizon": 1}}}',
  'numbers out of range': '{"servers": 1e400, "arrivalRate": -1e400, "horizon": "1e5"}',
  'a page': '<!doctype html><title>404</title>',
  bytes: '\u0000\u0001\ufffd\u0000PK\u0003\u0004',
  'a long line': 'x'.repeat(1_000_000),
};

const COMMANDS: Record<string, (file: string) => string[]> = {
  run: (file) => ['run', file],
  theory: (file) => ['theory', file],
  sweep: (file) => ['sweep', file, '--out', 'out'],
  compare: (file) => ['compare', file, '--out', 'out'],
  arrivals: (file) => ['run', '-n', '3', '-m', '50', '-T', '20', '--arrivals', file],
  rates: (file) => [
    ...['run', '-n', '3', '-l', '1', '-m', '50', '-T', '20'],
    '--initial-rates',
    file,
  ],
};

async function refused(args: (file: string) => string[], content: string): Promise<void> {
  const here = new Directory({ given: content });
  const { code, stdout, stderr } = await here.run(args('given'));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
  expect(stderr.length).toBeLessThan(1000);
  expect(here.files()).toEqual(['given']);
}

describe.concurrent.each(Object.entries(COMMANDS))('%s', (_, args) => {
  it.each(Object.entries(CONTENTS))('refuses %s', async (_, content) => {
    await refused(args, content);
  });

  it('refuses any JSON', async () => {
    const contents = fc.sample(fc.json({ maxDepth: 3 }), { numRuns: 4, seed: 51 });
    for (const content of contents) await refused(args, content);
  });
});
