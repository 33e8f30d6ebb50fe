/** What a configuration may be written in. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../src/cli/bad-input.js';
import { parseDocument } from '../../src/cli/document.js';
import { validateConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/errors.js';
import { Directory, SMALL } from './ratescale.js';

const CONFIG = {
  servers: 10,
  arrivalRate: 0.8,
  inverseStepSize: 'inf',
  horizon: 50,
  initialRates: 1.5,
};

const WRITTEN: [name: string, text: string][] = [
  ['plain.json', JSON.stringify(CONFIG)],
  [
    'comments.json',
    `// a system
{ "servers": 10, /* n */ "arrivalRate": 0.8, "inverseStepSize": "inf",
  "horizon": 50, "initialRates": 1.5, // the last comma may stay
}`,
  ],
  [
    'system.yaml',
    `# a system
servers: 10
arrivalRate: 0.8
inverseStepSize: inf
horizon: 5e1
initialRates: &start 1.5
`,
  ],
  [
    'flow.yml',
    '{ servers: 10, arrivalRate: 0.8, inverseStepSize: inf, horizon: 50, initialRates: 1.5 }',
  ],
  [
    'none',
    '---\nservers: 10\narrivalRate: 0.8\ninverseStepSize: inf\nhorizon: 50\ninitialRates: 1.5',
  ],
];

const LAUGHS = ['a: &a [x,x,x,x,x,x,x,x,x]']
  .concat(
    'bcdefghi'.split('').map((name, k) => {
      const before = `*${'abcdefgh'[k]}`;
      return `${name}: &${name} [${Array(9).fill(before).join(',')}]`;
    }),
  )
  .join('\n');

describe.concurrent('a configuration', () => {
  it.each(WRITTEN)('in %s', async (name, text) => {
    const here = new Directory({ [name]: text, 'same.json': CONFIG });
    const [one, same] = await Promise.all([here.json([name]), here.json(['same.json'])]);
    expect(one.config).toEqual(same.config);
    expect(one.stateHash).toBe(same.stateHash);
  });

  it.each(WRITTEN)('on standard input, as in %s', async (_, text) => {
    const { code, stdout, stderr } = await new Directory().run(['run', '-', '--json'], (child) =>
      child.stdin?.end(text),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).config).toMatchObject(CONFIG);
  });

  it.each(['utf16le', 'utf-16be', 'utf8'])('in %s with a byte order mark', async (encoding) => {
    const here = new Directory();
    const bytes = Buffer.from(
      `\uFEFF${JSON.stringify({ ...CONFIG, seed: 'λ' })}`,
      encoding === 'utf8' ? 'utf8' : 'utf16le',
    );
    if (encoding === 'utf-16be') bytes.swap16();
    writeFileSync(`${here.path}/c.json`, bytes);
    expect((await here.json(['c.json'])).config).toMatchObject({ ...CONFIG, seed: 'λ' });
  });

  it('a plan and a comparison may be YAML, too', async () => {
    const here = new Directory({
      'plan.yaml':
        'base: { arrivalRate: 0.8, inverseStepSize: 50, horizon: 50 }\ngrid:\n  servers: [2, 3]\nreplications: 2\n',
    });
    const { code, stderr } = await here.run([
      'sweep',
      'plan.yaml',
      '--out',
      'out',
      '--workers',
      '0',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each<[name: string, text: string, complaint: RegExp]>([
    [
      'a.json',
      '{ "horizon": Infinity }',
      /not JSON: line 1, column 14: got Infinity, .*write "inf"$/,
    ],
    ['a.json', '{\n  "horizon": -Infinity }', /not JSON: line 2, column 14: got -Infinity, /],
    ['a.json', '{ "horizon": NaN }', /got NaN, which JSON has not/],
    ['a.json', '{ "servers" 5 }', /not JSON: line 1, column 13: colon expected, got "5"$/],
    ['a.json', '{ "servers": 5', /not JSON: line 1, column 15: close brace expected$/],
    ['a.json', '', /not JSON: line 1, column 1: value expected$/],
    ['a.json', '['.repeat(1e5), /not JSON: brackets are nested too deeply$/],
    ['a.json', '{"servers": 5} {}', /not JSON: line 1, column 16: end of file expected/],
    ['a.yaml', 'servers: 5\n servers: 6', /not YAML: line 2, column \d+: /],
    ['a.yaml', 'servers: 5\nservers: 6', /not YAML: line 2, column 1: duplicated mapping key$/],
    ['a.yaml', 'servers: [1', /not YAML: line \d+, column \d+: /],
    ['a.yaml', 'servers: *nobody', /not YAML: .*alias/],
    ['a.yaml', '['.repeat(1000), /not YAML: .*nesting/],
    ['a.yaml', LAUGHS, /its aliases repeat too much/],
    ['a.yaml', `a: &a 1\nb: [${Array(101).fill('*a').join(',')}]`, /not YAML: .*alias/],
    ['a.yaml', 'servers', /must be an object of fields$/],
    ['a.yaml', '', /not YAML: .*empty/],
    ['a.yaml', 'servers: 5\n---\nservers: 6', /not YAML: /],
    [
      'a.yaml',
      'servers: .inf\narrivalRate: 1\ninverseStepSize: 1\nhorizon: 1',
      /servers: got Infinity; must/,
    ],
    ['a.json', '{"servers": 5}\0', /is not text in UTF-8/],
  ])('%s with a fault is refused where it is: %#', async (name, text, complaint) => {
    const here = new Directory({ [name]: text });
    const { code, stdout, stderr } = await here.run(['run', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ratescale: [^\n]{1,300}\n$/);
    expect(stderr.trimEnd()).toMatch(complaint);
  });
});

describe('any text', () => {
  /** A configuration, or a complaint in our own words; nothing else, and soon. */
  function check(text: string, name: string) {
    let value: unknown;
    try {
      value = parseDocument(text, name);
    } catch (error) {
      expect(error).toBeInstanceOf(BadInput);
      return;
    }
    try {
      const { cost: _, ...rest } = validateConfig(value as never);
      expect(JSON.stringify(rest)).not.toMatch(/NaN|Infinity/);
      expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
    }
    expect(({} as Record<string, unknown>).servers).toBeUndefined();
  }

  const fields = [
    'servers',
    'arrivalRate',
    'inverseStepSize',
    'horizon',
    'record',
    'schedule',
    '__proto__',
    '<<',
  ];
  const piece = fc.oneof(
    fc.constantFrom(
      ...fields.map((field) => `${field}: `),
      ...fields.map((field) => `"${field}": `),
    ),
    fc.constantFrom(
      '\n',
      '\n  ',
      '- ',
      '? ',
      '| ',
      '>\n',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '//',
      '/*',
      '*/',
    ),
    fc.constantFrom(
      '&a ',
      '*a ',
      '!!js/function ',
      '!!binary ',
      '!!set ',
      '!<x> ',
      '%YAML 1.2\n',
      '---\n',
      '...\n',
    ),
    fc.constantFrom(
      '5',
      '1e999',
      '-0',
      '.inf',
      '.nan',
      'Infinity',
      'inf',
      '0x10',
      '0o7',
      '1_000',
      '2001-01-01',
      'null',
      '~',
      'yes',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const soup = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  it.each(['a.json', 'a.yaml', 'a'])('as %s', (name) => {
    fc.assert(
      fc.property(soup, (text) => check(text, name)),
      { seed: 5, numRuns: 3000 },
    );
  });

  it.each(['a.json', 'a.yaml', 'a'])(
    'that is a configuration with a piece put in or left out, as %s',
    (name) => {
      const good = name === 'a.json' ? JSON.stringify(CONFIG, null, 1) : dump(CONFIG);
      const place = fc.nat(good.length);
      fc.assert(
        fc.property(place, fc.nat(6), piece, (at, length, text) => {
          check(good.slice(0, at) + text + good.slice(at + length), name);
        }),
        { seed: 6, numRuns: 2000 },
      );
    },
  );

  it('what is plain JSON is read as JSON.parse reads it, and YAML reads it, too', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseDocument(text, 'a.json')).toEqual(JSON.parse(text));
        expect(parseDocument(`${text} // comment`, 'a.json')).toEqual(JSON.parse(text));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('long ones are read in time', () => {
    const long = 200_000;
    for (const text of [
      '&a '.repeat(long),
      '- '.repeat(long),
      '{'.repeat(long),
      '"\\'.repeat(long),
      '//'.repeat(long),
      '? '.repeat(long),
      '#'.repeat(long),
      'a: '.repeat(long),
    ]) {
      for (const name of ['a.json', 'a.yaml', 'a']) check(text, name);
    }
  }, 60_000);
});

describe.concurrent('lists', () => {
  it('of servers may have ranges', async () => {
    const here = new Directory();
    const { config } = await here.json([...SMALL, '--record-servers', '7-9, 0,2 - 3']);
    expect(config.record.servers).toEqual([0, 2, 3, 7, 8, 9]);
  });

  it.each<[ids: string, complaint: RegExp]>([
    ['9-0', /got the range 9-0; must go up/],
    ['0-99999999', /got the range 0-99999999; must go up, over at most 1000000 servers$/],
    ['5-10', /^--record-servers: got 10; must be server ids from 0 to 9$/],
    ['1-2-3', /^--record-servers: got "1-2-3"; must be /],
    ['1-', /^--record-servers: got "1-"; must be /],
  ])('not %s', async (ids, complaint) => {
    const { code, stderr } = await new Directory().run(['run', ...SMALL, '--record-servers', ids]);
    expect(code).toBe(2);
    expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
  });

  it('of rates may come from Excel', async () => {
    const here = new Directory({ 'a.csv': '1,5;0,5\r\n2;1e0\r\n' });
    writeFileSync(`${here.path}/b.txt`, Buffer.from('\uFEFF1.5\t0.5\n2\t1\n', 'utf16le'));
    for (const name of ['a.csv', 'b.txt']) {
      const { config } = await here.json([
        '-n',
        '4',
        '-l',
        '0.8',
        '-m',
        'inf',
        '-T',
        '9',
        '--initial-rates',
        name,
      ]);
      expect(config.initialRates).toEqual([1.5, 0.5, 2, 1]);
    }
  });

  it('of loads may be in UTF-16, and on standard input', async () => {
    const here = new Directory();
    const load = 'time;rate\n0;0,5\n10;0,9\n';
    writeFileSync(`${here.path}/load.csv`, Buffer.from(`\uFEFF${load}`, 'utf16le'));
    const flags = ['-n', '4', '-m', '50', '-T', '20', '--arrivals'];
    const { config } = await here.json([...flags, 'load.csv']);
    const { stdout } = await here.run(['run', ...flags, '-', '--json'], (child) =>
      child.stdin?.end(load),
    );
    expect(JSON.parse(stdout).config).toEqual(config);
    expect(config.schedule).toEqual([
      { time: 0, arrivalRate: 0.5 },
      { time: 10, arrivalRate: 0.9 },
    ]);
  });
});
