/** A moment of the playground as a link, a command and a program: the same run, to the last bit. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompleteConfig,
  ConfigError,
  type SimulationConfig,
  simulate,
  validateConfig,
} from '../../src/index.js';
import { decode, encodeMoment, encodeSystem } from '../../web/permalink.js';
import { code, command } from '../../web/share.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const base = { servers: 20, arrivalRate: 0.8, inverseStepSize: 50, horizon: 123.456 };

const cases: Record<string, SimulationConfig> = {
  'the paper’s system': base,
  'everything that has a flag': {
    ...base,
    buffer: 'inf',
    dispatch: 'jsq:2',
    service: 'scv:4',
    initialRates: { uniform: [0.5, 1.25] },
    initialTasks: 3,
    cost: { g: '1/x + 0.01*(1/x)^2', h: { family: 'power', b: 0.25, q: 3 } },
    warmup: 20,
    record: { interval: 0.5, quantiles: [], servers: 'all', sojourns: 10 },
    seed: 'it\'s $HOME `x` \\ "q" ~(!*) 100% é #1 – \u2028',
  },
  'a seed that looks like a flag': { ...base, seed: '-n' },
  'a seed of two lines': { ...base, seed: 'END\n$(exit 3)\nEND' },
  'a seed that is a number with another spelling': { ...base, seed: '1e3' },
  'a constant rate, frozen': { ...base, inverseStepSize: 'inf', initialRates: 1.5, seed: -7 },
  'steering so far': {
    ...base,
    schedule: [
      { time: 10, arrivalRate: 1.2 },
      { time: 33.3, inverseStepSize: 'inf' },
      { time: 50, cost: { h: { family: 'power', b: 0.2, q: 2 } } },
    ],
  },
  'a load curve': {
    ...base,
    schedule: [
      { time: 0, arrivalRate: 0.5 },
      { time: 10, arrivalRate: 1 },
    ],
    period: 20,
  },
  'classes, and a law of phases': {
    ...base,
    service: {
      alpha: [1, 0],
      T: [
        [-2, 2],
        [0, -2],
      ],
    },
    classes: [
      { servers: 5, cost: { h: { family: 'power', b: 0.05, q: 2 } } },
      { servers: 15, initialRates: 1 },
    ],
  },
  'a list of rates': { ...base, initialRates: Array.from({ length: 20 }, (_, v) => v / 10) },
};

const alone = (system: object) => ({ ...system, horizon: 1000 });

describe.each(Object.entries(cases))('%s', (_, given) => {
  const config = validateConfig(given);

  it('a link holds it', () => {
    const link = encodeMoment(config);
    expect(decode(link, alone)).toEqual({ config, until: base.horizon });
    // as an address has it, and as some programs escape it
    expect(new URL(`http://localhost/${link}`).hash).toBe(link);
    expect(decode(link.replaceAll('~', '%7E').replaceAll('*', '%2A'), alone).config).toEqual(
      config,
    );
  });

  it('the command, typed in a shell, ends in the same state', async () => {
    const typed = command(config).replace(
      /^npx ratescale run( -(?= ))?/,
      'node dist/cli/main.js run$1 --json',
    );
    const output = execFileSync('sh', ['-c', typed], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const result = JSON.parse(output.toString());
    expect(result.stateHash).toBe((await simulate(config)).stateHash);
    // seeds go by their text
    expect(String(result.config.seed)).toBe(String(config.seed));
    expect({ ...result.config, seed: 0 }).toEqual({ ...config, seed: 0 });
  });

  it('the program ends in the same state', async () => {
    // from within the package its own name leads to dist/
    const args = ['--input-type=module', '--eval', code(config)];
    const output = execFileSync(process.execPath, args, { cwd: root }).toString().trim();
    expect(output).toBe((await simulate(config)).stateHash);
  });
});

describe('links', () => {
  it('are short', () => {
    const config = validateConfig({ ...base, horizon: 5000, inverseStepSize: 500 });
    expect(encodeSystem(config)).toBe('#1,~n~:20,~l~:0.8,~m~:500');
    expect(encodeMoment(config)).toBe('#1,~n~:20,~l~:0.8,~m~:500,~T~:5000');
    const curve = Array.from({ length: 24 }, (_, i) => ({
      time: 20 * i,
      arrivalRate: 0.5 + i / 100,
    }));
    const link = encodeSystem(validateConfig({ ...base, schedule: curve, period: 480 }));
    expect(link.length).toBeLessThan(700);
  });

  it('of a system alone leave horizon and recording to the page', () => {
    const config = validateConfig({ ...base, record: { interval: 3 } });
    const linked = decode(encodeSystem(config), (system) => ({ ...system, horizon: 77 }));
    expect(linked.until).toBeNull();
    expect(linked.config).toEqual(validateConfig({ ...base, horizon: 77 }));
  });

  const refused = (fragment: string) => {
    try {
      decode(fragment, alone);
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    }
  };

  it.each([
    ['', 'link: does not hold a configuration'],
    ['#main', 'link: does not hold a configuration'],
    ['#2,~n~:1', 'link: is of version 2; this page reads version 1'],
    ['#1,~n~:', 'link: is damaged; perhaps only a part of it was copied'],
    ['#1,%', 'link: is damaged; perhaps only a part of it was copied'],
    ['#1,', 'servers: is missing'],
    [
      '#1,~n~:1e9,~l~:1,~m~:1',
      'servers: got 1000000000; must be a whole number from 1 to 134000000',
    ],
    [
      '#1,~n~:~<script>~,~l~:1,~m~:1',
      'servers: got "<script>"; must be a whole number from 1 to 134000000',
    ],
    ['#1,~__proto__~:(~n~:1),~n~:1,~l~:1,~m~:1', /^__proto__: unknown field/],
    ['#1,~n~:1,~l~:1,~m~:1,~zzz~:1', /^zzz: unknown field/],
  ])('%s is refused with a reason', (fragment, message) => {
    expect(refused(fragment)).toMatch(message);
  });

  it('too long or too deep ones are refused', () => {
    expect(refused(`#1,~x~:~${'x'.repeat(100_000)}~`)).toMatch(/^link: has \d+ characters/);
    expect(refused(`#1,~n~:${'!'.repeat(90_000)}${'*'.repeat(5000)}`)).toMatch(/^link: is damaged/);
    expect(refused(`#1,~n~:${'!'.repeat(40_000)}${'*'.repeat(40_000)}`)).toMatch(
      /nested too deeply|servers: got/,
    );
  });

  it('of any text give a configuration or a ConfigError, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        refused(text);
        refused(`#1,${text}`);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('of any JSON, and of real ones with a few characters changed, do so too', () => {
    const links = Object.values(cases).map((given) => encodeMoment(validateConfig(given)));
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.constantFrom(...links),
        fc.array(fc.tuple(fc.nat(500), fc.string({ maxLength: 2 })), { maxLength: 4 }),
        (json, link, edits) => {
          refused(`#1,${encodeURIComponent(json.slice(1, -1))}`);
          let edited = link;
          for (const [at, text] of edits) {
            edited = edited.slice(0, at) + text + edited.slice(at + 1);
          }
          refused(edited);
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('of any configuration give it back', () => {
    const rate = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          servers: fc.integer({ min: 1, max: 1000 }),
          arrivalRate: rate,
          inverseStepSize: fc.oneof(
            rate.filter((m) => m >= 1e-3),
            fc.constant('inf' as const),
          ),
          horizon: rate,
          seed: fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()),
        }),
        (given) => {
          const config: CompleteConfig = validateConfig(given);
          expect(decode(encodeMoment(config), alone).config).toEqual(config);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});
