/** `ratescale reproduce` as a user runs it, and what it finds at its quick size. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/reproduce/report.js';
import type { Verdict } from '../../src/experiments/verdict.js';
import { costFunctions, PAPER_COST } from '../../src/index.js';
import { fixedPoint, fluctuationBand } from '../../src/theory/index.js';
import { Directory, sleep } from '../cli/ratescale.js';

const COST = costFunctions(PAPER_COST);
const LAMBDA = 0.8;

interface ChartFile {
  series: { name: string; kind: string; x: number[]; y: number[]; low: number[]; high: number[] }[];
  provenance: {
    kernelHash: string;
    points: { config: object; replications: { seed: string; stateHash: string }[] }[];
  };
}

describe('the whole set at its quick size', () => {
  const here = new Directory();
  const findings = new Map<string, Finding>();
  const chart = (experiment: string, name: string): ChartFile =>
    JSON.parse(here.read(`out/${experiment}/${name}.json`));
  const series = ({ series }: ChartFile, name: string) => {
    const found = series.find((one) => one.name.startsWith(name));
    if (!found) throw new Error(`no series ${name}`);
    return found;
  };

  beforeAll(async () => {
    const { code, stdout, stderr } = await here.run([
      ...['reproduce', 'all', '--quick', '--out', 'out', '--json'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const finding of JSON.parse(stdout)) findings.set(finding.name, finding);
  }, 900_000);

  // what each claim comes to; a claim that fails by chance does so with a probability below 1 %
  it.each<[experiment: string, verdicts: Verdict[]]>([
    ['fig1', ['agrees', 'agrees', 'agrees']],
    ['fig2a', ['agrees', 'agrees', 'agrees']],
    // the lower end of the arrival rates, and the paper's explanation, do not agree: see the claims
    ['fig2b', ['agrees', 'differs', 'agrees', 'differs']],
    ['fig3', ['agrees', 'agrees', 'agrees']],
    // arrivals that find no idle server are too rare for five runs
    ['fig4', ['agrees', 'agrees', 'not decided']],
    ['fig5', ['agrees', 'agrees', 'agrees']],
    ['thm2.6', ['agrees', 'agrees']],
    ['thm2.9', ['agrees', 'agrees', 'agrees']],
    // short runs could not tell these from no regret, or from twice as much
    ['regret', ['not decided', 'not decided', 'agrees']],
    ['policies', new Array<Verdict>(9).fill('agrees')],
  ])('%s', (name, verdicts) => {
    const { claims } = findings.get(name) as Finding;
    expect(claims.map(({ verdict, claim, measured }) => [claim, measured, verdict])).toEqual(
      claims.map(({ claim, measured }, i) => [claim, measured, verdicts[i]]),
    );
    expect(claims).toHaveLength(verdicts.length);
  });

  it('fig1: means near the exact fixed point of n servers, from n = 2 to 100', () => {
    const mean = series(chart('fig1', 'fig1'), 'mean');
    mean.x.forEach((n, i) => {
      const exact = fixedPoint(COST, LAMBDA, n).rate;
      // a bias of order 1/m, about 0.15/m at n = 2, and four standard errors
      const standardError = ((mean.high[i] as number) - (mean.low[i] as number)) / 2 / 2.262;
      expect(Math.abs((mean.y[i] as number) - exact)).toBeLessThan(0.0003 + 4 * standardError);
    });
  });

  it('fig2a: the percentiles of the band, where it claims to hold', () => {
    const data = chart('fig2a', 'fig2a');
    const [p05, p95] = [series(data, '5th'), series(data, '95th')];
    p05.x.forEach((m, i) => {
      const { sd, valid } = fluctuationBand(COST, LAMBDA, m);
      const ratio = ((p95.y[i] as number) - (p05.y[i] as number)) / (2 * 1.6448536 * sd);
      if (valid) expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
      else expect(ratio).toBeLessThan(1);
    });
  });

  it('fig2b: at the lowest arrival rate the mean is .573, not μ* = .5', () => {
    const mean = series(chart('fig2b', 'fig2b'), 'mean');
    expect(mean.x[0]).toBe(0.025);
    expect(mean.y[0]).toBeCloseTo(0.573, 2);
  });

  it('fig4: starts from the rates of fig3, on its random numbers', () => {
    const seeds = (file: ChartFile) =>
      file.provenance.points[0]?.replications.map(({ seed }) => seed);
    const [three, four] = [chart('fig3', 'fig3a'), chart('fig4', 'fig4a')];
    expect(seeds(four)).toEqual(seeds(three));
    expect(series(four, 'mean').y[0]).toBe(series(three, 'mean').y[0]);
  });

  it('fig5: overshoots, and returns', () => {
    const { y } = series(chart('fig5', 'fig5a'), 'mean');
    expect(Math.max(...y)).toBeGreaterThan(1.8);
    expect(y.at(-1)).toBeCloseTo(1.585, 1);
  });

  it('writes every chart in every format, and a report that needs nothing beside it', () => {
    const report = here.read('out/index.html');
    const charts = [...findings.keys()].flatMap((name) =>
      readdirSync(join(here.path, 'out', name))
        .filter((file) => file.endsWith('.svg'))
        .map((file) => `out/${name}/${file.replace('.svg', '')}`),
    );
    expect(charts).toHaveLength(17);
    for (const path of charts) {
      expect(here.read(`${path}.svg`)).toMatch(/^<svg [\s\S]*<\/svg>$/);
      // a family whose name has a digit must be quoted, or browsers take none of the list
      expect(here.read(`${path}.svg`)).toContain(`font-family="'Source Sans 3', `);
      const png = readFileSync(join(here.path, `${path}.png`));
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(here.read(`${path}.csv`)).toMatch(/^series,member,x,y,low,high\n.+,\d/);
    }
    expect(report.match(/<figure>/g)).toHaveLength(17);
    expect(report).not.toMatch(/(src|href)="(?!data:|#)/);
    for (const { claims } of findings.values()) {
      for (const { claim } of claims) {
        expect(report).toContain(claim.replaceAll('<', '&lt;'));
      }
    }
  });

  it('draws text into its pictures, with the font it brings', async () => {
    // @ts-expect-error a file of the command, without types
    const { pngOf } = await import('../../dist/cli/reproduce/png.js');
    const picture = (text: string) =>
      pngOf(
        `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="30"><text y="20" font-family="Source Sans 3, Helvetica">${text}</text></svg>`,
      );
    const [blank, letters, greek] = await Promise.all([
      picture(''),
      picture('abc'),
      picture('μλθ'),
    ]);
    expect(Buffer.compare(blank, letters)).not.toBe(0);
    expect(Buffer.compare(greek, letters)).not.toBe(0);
  });

  it('run again says the same of the same runs', async () => {
    const before = here.read('out/regret/results.jsonl');
    const { code, stdout } = await here.run('reproduce all --quick --out out --json'.split(' '));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([...findings.values()]);
    expect(here.read('out/regret/results.jsonl') === before).toBe(true);
  });
});

describe('an interrupted experiment', () => {
  const command = 'reproduce thm2.6 fig4 --quick --out out --quiet'.split(' ');
  const finished = new Directory();
  const files = (here: Directory) =>
    ['thm2.6', 'fig4'].flatMap((name) =>
      readdirSync(join(here.path, 'out', name))
        .sort()
        .map((file) => `${name}/${file}`),
    );
  const lines = (here: Directory) =>
    existsSync(join(here.path, 'out/thm2.6/results.jsonl'))
      ? here.read('out/thm2.6/results.jsonl').split('\n').length - 1
      : 0;

  beforeAll(async () => {
    expect(await finished.run(command)).toEqual({ code: 0, stdout: '', stderr: '' });
  }, 120_000);

  it.each<[NodeJS.Signals, number | null]>([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ])('by %s leaves no broken file and goes on where it was', async (signal, expected) => {
    const here = new Directory();
    const { code, stderr } = await here.run(command, async (child) => {
      while (lines(here) < 20) await sleep(5);
      child.kill(signal);
    });
    expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
    expect(existsSync(join(here.path, 'out/thm2.6/finding.json'))).toBe(false);
    const done = lines(here);
    expect(done).toBeLessThan(100);
    const again = await here.run(command);
    expect(again).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(files(here)).toEqual(files(finished));
    for (const file of files(here)) {
      expect(here.read(`out/${file}`) === finished.read(`out/${file}`), file).toBe(true);
    }
    expect(here.read('out/index.html')).toBe(finished.read('out/index.html'));
  });
});

describe('reproduce refuses', () => {
  it.each([
    [['fig6'], /experiment "fig6"; must be one of fig1, .*, all/],
    [
      ['fig3', '--formats', 'svg,pdf'],
      /--formats: got "pdf"; must be a list of svg, png, csv, json/,
    ],
    [['fig5', '--backlog', '1.5'], /--backlog: got "1.5"; must be a whole number from 1 to/],
    [['fig5', '--workers', 'x'], /--workers: got "x"; must be a whole number from 0 to 1024/],
  ])('%j', async (args, message) => {
    const here = new Directory();
    const { code, stdout, stderr } = await here.run(['reproduce', ...args, '--out', 'out']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(here.files()).toEqual([]);
  });

  it('a directory with results of another engine, or of other options', async () => {
    const here = new Directory();
    const command = 'reproduce fig3 --quick --out out --quiet'.split(' ');
    expect((await here.run(command)).code).toBe(0);
    const other = await here.run([...command, '--seed', '2']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /"out\/fig3" has results of other options \(--quick, --seed or --backlog\)/,
    );
    const manifest = JSON.parse(here.read('out/fig3/manifest.json'));
    const foreign = { ...manifest, kernelHash: 'ab'.repeat(32) };
    here.write('out/fig3/manifest.json', foreign);
    // another experiment would end up in the same report
    const mixed = await here.run('reproduce fig4 --quick --out out'.split(' '));
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toMatch(
      /has results of another engine \(version .*, kernel abababababab\)/,
    );
    expect(existsSync(join(here.path, 'out/fig4'))).toBe(false);
  });

  it('nothing that --help does not name', () => {
    const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
    const help = execFileSync(process.execPath, [main, 'reproduce', '--help'], {
      encoding: 'utf8',
    });
    for (const flag of ['quick', 'seed', 'formats', 'backlog', 'workers', 'json', 'quiet', 'out']) {
      expect(help).toContain(`--${flag}`);
    }
  });
});
