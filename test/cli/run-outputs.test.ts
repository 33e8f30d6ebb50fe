/** Pictures and pages of a run and of a sweep, and what goes to standard output. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { picker } from '../../src/cli/picture/run-charts.js';
import { Directory, MAIN, SMALL } from './ratescale.js';

/** Coordinates of the lines in an SVG of Vega, by their colour. */
function lineOf(svg: string, colour: string): [x: number, y: number][] {
  const path = [...svg.matchAll(/<path [^>]*?d="(M[^"]*L[^"]*)"[^>]*stroke="([^"]*)"/g)].find(
    ([, , stroke]) => stroke === colour,
  )?.[1];
  return [...(path ?? '').matchAll(/[ML](-?[\d.e-]+),(-?[\d.e-]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
}

/** The two pictures of a page. */
function picturesIn(html: string): string[] {
  return [...html.matchAll(/src="data:image\/svg\+xml;base64,([^"]+)"/g)].map(([, text]) =>
    Buffer.from(text as string, 'base64').toString(),
  );
}

const HOSTILE = `</pre><script>alert("x")</script>'&`;

describe.concurrent('ratescale run --plot', () => {
  it('draws the recorded mean rate as SVG', async () => {
    const here = new Directory();
    const flags = [...SMALL, '--interval', '2', '--plot', 'a.svg', '--trajectory', 'a.json'];
    await here.json(flags);
    const svg = here.read('a.svg');
    for (const text of ['Service rates', 'mean rate', 'optimal rate μ*', '5 % to 95 % quantile']) {
      expect(svg).toContain(text);
    }
    const { time, mean } = JSON.parse(here.read('a.json'));
    // the second series: its points are the mean rates, by one and the same linear map
    const points = lineOf(svg, '#d55e00');
    expect(points).toHaveLength(time.length);
    const scale =
      ((points.at(-1)?.[1] as number) - (points[1]?.[1] as number)) / (mean.at(-1) - mean[1]);
    points.forEach(([x, y], k) => {
      expect(x).toBeCloseTo((520 * time[k]) / 100, 1);
      expect(y).toBeCloseTo((points[1]?.[1] as number) + scale * (mean[k] - mean[1]), 1);
    });
  });

  it('draws a PNG', async () => {
    const here = new Directory();
    await here.json([...SMALL, '--plot', 'a.PNG']);
    const bytes = readFileSync(`${here.path}/a.PNG`);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(5000);
  });

  it('draws in characters after the summary, in no more columns than there are', async () => {
    const { code, stdout, stderr } = await new Directory().run(['run', ...SMALL, '--plot', '-']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.slice(stdout.indexOf('state hash')).trimEnd().split('\n').slice(2);
    expect(lines.length).toBeGreaterThan(12);
    expect(lines.length).toBeLessThan(24);
    for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.slice(0, -2).every((line) => /^ *-?[\d.,e+-]+ [┤┼]/.test(line))).toBe(true);
    expect(lines.at(-2)).toMatch(/^ +t = 0 +100$/);
    expect(lines.at(-1)).toMatch(/^ +optimal rate μ\* 1\.5874, 95 % .*, 5 % .*, mean rate$/);
    expect(stdout).not.toContain('\x1b');
    const labels = lines.slice(0, -2).map((line) => Number.parseFloat(line));
    for (const [k, label] of labels.entries()) {
      if (k > 0) expect(label).toBeLessThan(labels[k - 1] as number);
    }
  });

  it('draws runs that recorded little, or nothing that varies', async () => {
    const here = new Directory();
    const runs = [
      '-n 1 -l 1e-6 -m 5 -T 100 --initial-rates 0',
      '-n 3 -l 0.8 -m inf --initial-rates 1 -T 5 --quantiles none',
      '-n 3 -l 0.8 -m 5 -T 5 --interval 5 --quantiles 0.5',
      '-n 3 -l 0.8 -m 5 -T 1e-3',
      '-n 3 -l 0.8 -m inf --initial-rates 1e9 -T 5',
    ];
    for (const [k, text] of runs.entries()) {
      const flags = [...text.split(' '), '--plot', '-', '--html', `${k}.html`];
      const { code, stdout, stderr } = await here.run(['run', ...flags]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
      for (const svg of picturesIn(here.read(`${k}.html`))) expect(svg).not.toMatch(/NaN/);
    }
  });
});

describe('points of a picture', () => {
  it('are evenly spaced rows, the first and the last among them', () => {
    const column = Float64Array.from({ length: 1001 }, (_, k) => k);
    expect(picker(1001, 11)(column)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
    ]);
    expect(picker(3, 11)(column)).toEqual([0, 1, 2]);
    expect(picker(1, 11)(column)).toEqual([0]);
    expect(picker(0, 11)(column)).toEqual([]);
  });
});

describe.concurrent('ratescale run --html', () => {
  it('is one page with the figures of the summary, charts, and the configuration', async () => {
    const here = new Directory();
    const flags = [...SMALL, '-T', '3000', '--warmup', '1000', '--buffer', '3', '--seed', HOSTILE];
    const { stdout } = await here.run(['run', ...flags, '--html', 'a.html']);
    const html = here.read('a.html');
    expect(picturesIn(html)).toHaveLength(3);
    const text = (escaped: string) =>
      escaped
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
    const cells = [...html.matchAll(/<td>(.*?)<\/td><td>(.*?)<\/td>/g)].map(([, a, b]) => [
      text(a as string),
      text(b as string),
    ]);
    for (const line of stdout.split('\n').filter((line) => line !== '')) {
      const label = line.slice(0, 15).trim();
      if (label === 'speed') continue;
      expect(cells).toContainEqual([label, line.slice(15)]);
    }
    const config = [...html.matchAll(/<pre>(.*?)<\/pre>/gs)].at(-1)?.[1];
    here.write('config.json', text(config as string));
    const again = await here.json(['config.json']);
    expect(stdout).toContain(again.stateHash);
    // nothing of the user's is code, and nothing is asked for
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).toContain('prefers-color-scheme: dark');
  });
});

describe.concurrent('standard output', () => {
  it('takes the trajectory, and the summary goes to standard error', async () => {
    const here = new Directory();
    const [{ code, stdout, stderr }] = await Promise.all([
      here.run(['run', ...SMALL, '--trajectory', '-']),
      here.json([...SMALL, '--trajectory', 'a.csv']),
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(here.read('a.csv'));
    expect(stderr).toMatch(/^system +n = 10, /);
  });

  it('takes a page', async () => {
    const { stdout } = await new Directory().run(['run', ...SMALL, '--html', '-']);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it('takes more than a pipe holds, and minds no reader that leaves', async () => {
    const here = new Directory();
    const flags = [...SMALL, '--record-servers', '0-9', '--interval', '0.01', '-T', '500'];
    const { code, stdout } = await here.run(['run', ...flags, '--trajectory', '-']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(50_002);
    const command = `"${process.execPath}" "${MAIN}" run ${flags.join(' ')} --trajectory - | head -1`;
    const piped = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(piped.status).toBe(0);
    expect(piped.stdout).toMatch(/^time,mean,[^\n]*\n$/);
    expect(piped.stderr).toMatch(/^system +n = 10/);
  });

  it.each<[flags: string, complaint: RegExp]>([
    ['--json --trajectory -', /^--json and --trajectory -: only one can be on standard output/],
    ['--html - --plot -', /^--plot - and --html -: only one can be on standard output/],
    [
      '--plot a.jpg',
      /^--plot: got "a\.jpg"; must end in \.svg or \.png, or be - for the terminal$/,
    ],
    ['--html a.pdf', /^--html: got "a\.pdf"; must end in \.html, or be - for standard output$/],
    ['--html no/a.html', /^--html: "no\/a\.html" cannot be written: no such file/],
  ])('not with %s', async (flags, complaint) => {
    const here = new Directory();
    const { code, stdout, stderr } = await here.run(['run', ...SMALL, ...flags.split(' ')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
    expect(here.files()).toEqual([]);
  });
});

describe.concurrent('ratescale report', () => {
  const PLAN = {
    base: { arrivalRate: 0.8, inverseStepSize: 50, horizon: 100 },
    grid: { servers: [2, 4, 8], seed: [HOSTILE, 'b'] },
    replications: 2,
  };

  it('is one page with all points and the plan', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    const { stdout: printed } = await here.run('sweep plan.json --out out --workers 0'.split(' '));
    expect(await here.run(['report', 'out'])).toEqual({
      code: 0,
      stdout: 'Report: out/report.html\n',
      stderr: '',
    });
    const html = here.read('out/report.html');
    const pictures = picturesIn(html);
    expect(pictures).toHaveLength(6);
    for (const svg of pictures) {
      expect(svg).toContain('seed = b');
      // a mark for each point, and two in the legend
      expect(svg.match(/<path[^>]*aria-label="[^"]*|A[\d.]+,/g)?.length).toBeGreaterThan(5);
    }
    const cells = printed
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => line.match(/\S+ ± \S+/g));
    expect(cells).toHaveLength(36);
    for (const cell of cells) expect(html).toContain(`<td>${cell}</td>`);
    expect(html).not.toContain('<script');
    const { stdout } = await here.run(['report', 'out', '--html', '-']);
    expect(stdout).toBe(html);
  });

  it('says what it needs', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    mkdirSync(`${here.path}/empty`);
    await here.run('sweep plan.json --shard 0/2 --out part --workers 0'.split(' '));
    for (const [directory, complaint] of [
      ['nowhere', /^ratescale: nowhere: is not the directory of a sweep\n$/],
      ['empty', /^ratescale: empty: is not the directory of a sweep\n$/],
      ['part', /^ratescale: part: the sweep is not done; run it to its end, or merge its shards/],
    ] as const) {
      const { code, stdout, stderr } = await here.run(['report', directory]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(complaint);
    }
  });
});
