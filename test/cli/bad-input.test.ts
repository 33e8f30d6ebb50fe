import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Directory, SMALL } from './ratescale.js';

const FILES = {
  'three.txt': '1 1 1',
  'word.txt': '1, 1, fast, 1',
  'gap.csv': '1,,1',
  'negative.txt': '1 1 1 1 1 1 1 -2 1 1',
  'half.txt': '0 0 0 0.5 0 0 0 0 0 0',
  'word.json': '[1, 1, "2"]',
  'broken.json': '[1, 1',
  'empty.txt': ' \n',
  'text.json': 'servers = 10\nhorizon = 5',
  'list.json': '[1, 2]',
  'number.json': '5',
  'null.json': 'null',
  'wrong.json':
    '{ "servers": 0, "arrivalRate": 0.8, "inverseStepSize": 500, "horizon": 100, "record": 5 }',
  'unknown.json':
    '{ "servers": 10, "sevrers": 10, "arrivalRate": 0.8, "inverseStepSize": 500, "horizon": 100 }',
  'nested.json':
    '{ "servers": 10, "arrivalRate": 0.8, "inverseStepSize": 500, "horizon": 100, "record": { "every": 1 } }',
  'incomplete.json': '{ "servers": 10, "arrivalRate": 0.8 }',
};

describe.concurrent('bad input of ratescale', () => {
  it.each<[args: string, complaint: RegExp]>([
    ['walk', /^unknown command 'walk'/],
    ['run --sevrers 3', /^unknown option '--sevrers' \(Did you mean --servers\?\)$/],
    ['run wrong.json unknown.json', /^too many arguments/],
    ['run SMALL --seed', /^option '--seed <seed>' argument missing$/],
    ['run', /^--servers, --arrival-rate, --inverse-step-size, --horizon: missing/],
    ['run -n 10 -l 0.8 -T 5', /^--inverse-step-size: missing/],

    // the file
    ['run nowhere.json', /^nowhere\.json: no such file or directory$/],
    ['run .', /^\.: .*directory$/],
    ['run text.json', /^text\.json: not JSON: /],
    ['run list.json', /^list\.json: .*must be an object of fields$/],
    ['run number.json', /^number\.json: .*must be an object of fields$/],
    ['run null.json', /^null\.json: .*must be an object of fields$/],
    ['run incomplete.json', /^incomplete\.json: inverseStepSize, horizon: missing/],
    ['run unknown.json', /^unknown\.json: sevrers: unknown field; allowed here: servers, /],
    ['run nested.json', /^nested\.json: record\.every: unknown field; allowed here: interval, /],
    ['run wrong.json', /^wrong\.json: servers: got 0; must be a whole number from 1 to /],
    [
      'run wrong.json -n 5',
      /^wrong\.json: record: got 5; must be an object with the fields interval, /,
    ],
    ['run wrong.json -n 5 --interval 1', /^--interval: overrides part of record, which must be/],
    ['run unknown.json -l -1', /^--arrival-rate: got -1; must be |^unknown\.json: sevrers/],

    // numbers
    ['run SMALL -n 0', /^--servers: got 0; must be a whole number from 1 to /],
    ['run SMALL --servers 2.5', /^--servers: got 2\.5; must be /],
    ['run SMALL -n 1e9', /^--servers: got 1000000000; must be /],
    ['run SMALL -n NaN', /^--servers: got "NaN"; must be /],
    ['run SMALL -n 0x10', /^--servers: got "0x10"; must be /],
    ['run SMALL -n ten', /^--servers: got "ten"; must be /],
    ['run SMALL -n --json', /^--servers: got "--json"; must be /],
    ['run SMALL -l 0', /^--arrival-rate: got 0; must be a number from /],
    ['run SMALL -l NaN', /^--arrival-rate: got "NaN"; must be /],
    ['run SMALL -m 0', /^--inverse-step-size: got 0; must be /],
    ['run SMALL -m slow', /^--inverse-step-size: got "slow"; must be /],
    ['run SMALL --buffer 0', /^--buffer: got 0; must be /],
    ['run SMALL --buffer 1.5', /^--buffer: got 1\.5; must be /],
    ['run SMALL --buffer big', /^--buffer: got "big"; must be /],
    ['run SMALL -T 0', /^--horizon: got 0; must be /],
    ['run SMALL -T 1e13', /^--horizon: got 10000000000000; must be /],
    ['run SMALL -T Infinity', /^--horizon: got "Infinity"; must be /],
    ['run SMALL --warmup -1', /^--warmup: got -1; must be /],
    ['run SMALL --warmup 101', /^--warmup: got 101; must be a number from 0 to the horizon, 100$/],
    ['run SMALL --interval 0', /^--interval: got 0; must be /],
    ['run SMALL --interval 101', /^--interval: got 101; must be .* the horizon, 100$/],

    // lists
    ['run SMALL --quantiles 0.5,1.1', /^--quantiles: got 1\.1; must be a number from 0 to 1$/],
    ['run SMALL --quantiles half', /^--quantiles: got "half"; must be /],
    ['run SMALL --quantiles 0.1,,0.9', /^--quantiles: got ""; must be /],
    ['run SMALL --record-servers 10', /^--record-servers: got 10; must be server ids from 0 to 9$/],
    ['run SMALL --record-servers -1', /^--record-servers: got -1; must be /],
    ['run SMALL --record-servers first', /^--record-servers: got "first"; must be /],

    ['run SMALL --sojourns -1', /^--sojourns: got -1; must be a whole number from 0 to /],

    // cost
    [
      'run SMALL --g power:1',
      /^--g: got "power:1"; must be power:a,p, shifted:a,p, or an expression in x/,
    ],
    ['run SMALL --g power', /^--g: got "power"; must be /],
    ['run SMALL --g cubic:1,1', /^--g \(family\): got "cubic"; must be "power" or "shifted"$/],
    ['run SMALL --g power:0,1', /^--g \(a\): got 0; must be /],
    ['run SMALL --g power:1,x', /^--g \(p\): got "x"; must be /],
    ['run SMALL --h power:0.1,0.5', /^--h \(q\): got 0\.5; must be /],
    ['run SMALL --h power:1,2,3', /^--h: got "power:1,2,3"; must be power:b,q/],
    ['run SMALL --h shifted:1,2', /^--h \(family\): got "shifted"; must be "power"$/],
    ['run SMALL --g shifted:1,1 --h power:1,1', /^--g, --h: with g = /],

    // start
    ['run SMALL --initial-rates -1', /^--initial-rates: got -1; must be /],
    [
      'run SMALL --initial-rates uniform:1',
      /^--initial-rates: got "uniform:1"; must be uniform:a,b/,
    ],
    ['run SMALL --initial-rates uniform:2,1', /^--initial-rates: got .*; must be two rates in asc/],
    ['run SMALL --initial-rates uniform:a,1', /^--initial-rates: got "a"; must be /],
    ['run SMALL --initial-rates nowhere', /^--initial-rates: got "nowhere"; .*\(no such file/],
    [
      'run SMALL --initial-rates three.txt',
      /^--initial-rates: three\.txt: got 3 values; .* 10 servers$/,
    ],
    [
      'run SMALL --initial-rates word.txt',
      /^--initial-rates: word\.txt: item 3 is "fast"; must be a num/,
    ],
    [
      'run SMALL --initial-rates gap.csv',
      /^--initial-rates: gap\.csv: item 2 is ""; must be a num/,
    ],
    [
      'run SMALL --initial-rates word.json',
      /^--initial-rates: word\.json: item 3 is "2"; must be a num/,
    ],
    ['run SMALL --initial-rates broken.json', /^--initial-rates: broken\.json: .*JSON/],
    ['run SMALL --initial-rates empty.txt', /^--initial-rates: empty\.txt: is empty/],
    [
      'run SMALL --initial-rates negative.txt',
      /^--initial-rates: negative\.txt: item 8: got -2; must/,
    ],
    ['run SMALL --initial-tasks 2', /^--initial-tasks: got 2; must be .* to the buffer, 1$/],
    ['run SMALL --initial-tasks few', /^--initial-tasks: got "few"; must be .*file/],
    ['run SMALL --initial-tasks half.txt', /^--initial-tasks: half\.txt: item 4: got 0\.5; must/],

    // what does not fit in the engine's memory
    ['run SMALL -n 134000000 --record-servers all', /^--servers: got 134000000; .* 4 GiB/],
    [
      'run SMALL -T 1e9 --interval 0.001',
      /^--interval: 1000000000001 rows .* do not fit: .* 4 GiB/,
    ],
    [
      'run SMALL -n 1000000 --record-servers all --interval 0.1',
      /^--record-servers: 1001 rows .* do not fit: .* 4 GiB/,
    ],
  ])('%s', async (args, complaint) => {
    const here = new Directory(FILES);
    const words = args.split(' ').flatMap((word) => (word === 'SMALL' ? SMALL : [word]));
    if (words[0] === 'run' && words.at(-1) !== '--seed') words.push('--trajectory', 'rates.csv');
    const { code, stdout, stderr } = await here.run(words);
    expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
    expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(here.files()).toEqual(Object.keys(FILES).sort());
  });

  it.each<[path: string, complaint: RegExp]>([
    ['rates', /^--trajectory: got "rates"; must end in \.csv or \.json, or be -/],
    ['rates.txt', /^--trajectory: got "rates\.txt"; must end in \.csv or \.json, or be -/],
    ['nowhere/rates.csv', /^--trajectory: "nowhere\/rates\.csv" cannot be written: no such file/],
    ['taken.csv', /^--trajectory: "taken\.csv" cannot be written: is not a regular file$/],
  ])('a trajectory in %s, before anything runs', async (path, complaint) => {
    const here = new Directory();
    mkdirSync(`${here.path}/taken.csv`);
    const started = performance.now();
    const forever = [...SMALL, '-T', '1e9', '--trajectory', path];
    const { code, stdout, stderr } = await here.run(['run', ...forever]);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
    expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(here.files()).toEqual(['taken.csv']);
  });
});
