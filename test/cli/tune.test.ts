import { describe, expect, it } from 'vitest';
import { Directory, SMALL } from './ratescale.js';

const SYSTEM = '-n 30 -l 0.8 --swing 0.5 --period 400 --budget 3e6 --replications 3'.split(' ');

/** A day in hours with one peak, the load of 40 servers in tasks per hour, as a spreadsheet writes it. */
const DAY = ['\uFEFF"Zeit";"Anfragen, Rate"']
  .concat(
    Array.from({ length: 24 }, (_, hour) => {
      const rate = 40 * (0.7 + 0.5 * Math.exp(-(((hour - 14) / 4) ** 2)));
      return `2026-05-01T${String(hour).padStart(2, '0')}:00:00Z;${rate.toFixed(3).replace('.', ',')}`;
    }),
  )
  .join('\r\n');

describe.concurrent('ratescale tune', () => {
  it('prints theory, simulation and a table', async () => {
    const { code, stdout, stderr } = await new Directory().run(['tune', ...SYSTEM]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^load +λ from 0\.40048 to 1\.1995, period 400\.00$/m);
    expect(stdout).toMatch(/^clairvoyant +cost 0\.74488, at the best rate of every moment$/m);
    expect(stdout).toMatch(/^best constant +rate 1\.5874, excess 0\.0111 \(1\.5 %\)$/m);
    expect(stdout).toMatch(
      /^theory +best m 14\.2, excess 0\.00234 = 0\.000838 tracking \+ 0\.00150 noise$/m,
    );
    expect(stdout).toMatch(/^ +noise beyond its validity at λ = 0\.4: timescales do not separate/m);
    expect(stdout).toMatch(
      /^simulation +best m (7\.10|14\.2).*, 0\.00\d+ ± \S+ below the best constant$/m,
    );
    expect(stdout).toMatch(
      /^ +3 runs of each m: 30 servers, \d+ periods after a warm-up of \d+; [\d,]+ events$/m,
    );
    const rows = stdout.split('\n\n')[1]?.trim().split('\n') ?? [];
    expect(rows[0]).toMatch(/^m +tracking +noise +theory +simulated +above the best$/);
    expect(rows).toHaveLength(6);
    expect(rows.filter((row) => row.endsWith('best'))).toHaveLength(2); // the heading, and one m
  });

  it('prints one JSON object, the same every time', async () => {
    const here = new Directory();
    const [one, two] = await Promise.all(
      ['1', '2'].map((workers) => here.run(['tune', ...SYSTEM, '--json', '--workers', workers])),
    );
    expect(one?.code, one?.stderr).toBe(0);
    expect(one?.stdout).toBe(two?.stdout);
    const { system, load, theory, simulation, status } = JSON.parse(one?.stdout as string);
    expect(system).toMatchObject({ servers: 30, buffer: 1, seed: 1 });
    expect(load.schedule).toHaveLength(64);
    expect(theory.best.total).toBeCloseTo(0.00234, 5);
    expect(simulation.points).toHaveLength(5);
    expect(simulation.points[0].excess).toMatchObject({ count: 3, level: 0.95 });
    expect(status).toBe('completed');
  });

  it('follows a load from a file, and writes pictures and data', async () => {
    const here = new Directory({ 'day.csv': DAY });
    const flags = '-n 40 --arrivals day.csv --time-scale 1/36 --rate-scale 1/40 --budget 1e7';
    const args = `tune ${flags} --replications 3 --out tuned --json`.split(' ');
    const { code, stdout, stderr } = await here.run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { load, theory } = JSON.parse(stdout);
    expect(load.period).toBeCloseTo(2400, 9);
    expect(load.schedule).toHaveLength(24);
    expect(load.schedule[14]).toEqual({ time: 1400, arrivalRate: expect.closeTo(1.2, 9) });
    expect(theory.best.total).toBeLessThan(theory.constant.excess);
    const inside = (name: string) => here.read(`tuned/${name}`);
    expect(JSON.parse(inside('tune.json'))).toEqual(JSON.parse(stdout));
    for (const chart of ['tune-excess', 'tune-rates']) {
      expect(inside(`${chart}.svg`)).toMatch(/^<svg/);
      expect(inside(`${chart}.png`)).toContain('PNG');
      expect(JSON.parse(inside(`${chart}.json`)).provenance.load).toEqual(load);
    }
    expect(inside('tune-excess.csv')).toMatch(/^series,member,x,y,low,high\ntheory: tracking/);
    expect(inside('tune-rates.csv')).toContain('\nsimulated mean,0,0,');
  });

  it('takes the load of a configuration', async () => {
    const config = {
      servers: 30,
      arrivalRate: 0.4,
      inverseStepSize: 500,
      schedule: [
        { time: 0, arrivalRate: 0.4 },
        { time: 300, arrivalRate: 1.2 },
      ],
      period: 600,
      horizon: 10,
    };
    const here = new Directory({ 'config.json': config });
    const args = 'tune config.json --budget 3e6 --replications 2 --json'.split(' ');
    const { load, simulation } = JSON.parse((await here.run(args)).stdout);
    expect(load).toEqual({
      schedule: [
        { time: 0, arrivalRate: 0.4 },
        { time: 300, arrivalRate: 1.2 },
      ],
      period: 600,
    });
    expect(simulation.replications).toBe(2);
  });

  it('says that frozen rates are best where nothing can be followed', async () => {
    const { code, stdout } = await new Directory().run(
      'tune -n 30 -l 0.8 --swing 0.5 --period 2'.split(' '),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^theory +the larger m, the better: .*freeze the rates/m);
    expect(stdout).not.toMatch(/simulation|NaN|undefined/);
  });

  it.each([
    ['-n 30 -l 0.8', /^the load does not change; give --arrivals FILE, or --swing/],
    ['-n 30 --swing 0.5 --period 9', /^--arrival-rate: missing; /],
    ['-n 30 -l 0.8 --swing 0.5', /^--period: missing; --swing needs/],
    ['-n 30 -l 0.8 --swing 1.5 --period 9', /^--swing: got 1\.5; must be a number from 0 to less/],
    ['-n 30 -l 0.8 --swing x --period 9', /^--swing: got "x"; must be/],
    ['-n 30 -l 1.8 --swing 0.5 --period 9', /^schedule: has the arrival rate 2\.\d+, at which/],
    ['-n 30 -l 0.8 --swing 0.5 --period 400 --budget 10', /^--budget: got 10; must be/],
    ['-n 30 -l 0.8 --swing 0.5 --period 400 --replications x', /^--replications: got "x"; must/],
    ['-n 30 -l 0.8 --swing 0.5 --period 400 --out o --formats pdf', /^--formats: got "pdf"/],
    ['-n 30 --arrivals nowhere.csv', /^--arrivals: nowhere\.csv: no such file or directory/],
    ['-n 30 --arrivals word.csv', /^word\.csv:3: got "many"; must be a number$/],
    ['-n 30 --arrivals two.csv -l 1', /^--arrival-rate: got it beside --arrivals/],
    ['-n 30 --arrivals two.csv --swing 0.5', /^--swing: got it beside --arrivals/],
    ['-n 30 --arrivals two.csv --time-scale 1/0', /^--time-scale: got Infinity; must be/],
    ['-n 30 --arrivals two.csv --rate-scale 1/x', /^--rate-scale: got "1\/x"; must be/],
    ['-n 30 --arrivals two.csv --arrivals-are tasks', /^--arrivals-are: got "tasks"; must be rate/],
    ['-n 30 -l 0.8 --swing 0.5 --period 9 --rate-scale 2', /^--rate-scale: is about --arrivals/],
    ['random.json --swing 0.5 --period 400', /^random\.json: dispatch: got "random"; must be left/],
    ['steps.json', /^schedule: must change the arrival rate alone$/],
  ])('refuses %s in one line', async (flags, complaint) => {
    const here = new Directory({
      'word.csv': 'time,rate\n0,1\n1,many\n',
      'two.csv': '0,1\n200,0.5\n',
      'random.json': { servers: 30, arrivalRate: 0.8, dispatch: 'random' },
      'steps.json': {
        servers: 30,
        arrivalRate: 0.8,
        schedule: [{ time: 0, arrivalRate: 0.5, inverseStepSize: 9 }],
        period: 9,
      },
    });
    const { code, stdout, stderr } = await here.run(['tune', ...flags.split(' ')]);
    expect(stderr).toMatch(/^ratescale: [^\n]+\n$/);
    expect(stderr.slice('ratescale: '.length, -1)).toMatch(complaint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe.concurrent('ratescale run --arrivals', () => {
  const FLAGS = '-n 10 -m 500 -T 100 --arrivals load.csv'.split(' ');

  it('runs with the schedule of the file, which repeats', async () => {
    const here = new Directory({ 'load.csv': 'time,rate\n0,0.5\n30,1\n' });
    const { config } = await here.json(FLAGS);
    expect(config.schedule).toEqual([
      { time: 0, arrivalRate: 0.5 },
      { time: 30, arrivalRate: 1 },
    ]);
    expect(config.period).toBe(60);
    expect(config.arrivalRate).toBe(0.75);
    const { config: longer } = await here.json([...FLAGS, '--period', '80']);
    expect(longer.period).toBe(80);
  });

  it('overrides the load of a configuration', async () => {
    const here = new Directory({ 'load.csv': '0,0.5\n30,1\n', 'earlier.csv': '0,2\n5,1\n' });
    const { config } = await here.json('-n 10 -m 500 -T 100 --arrivals earlier.csv'.split(' '));
    here.write('config.json', config);
    const again = await here.json(['config.json', '--arrivals', 'load.csv']);
    expect(again.config).toMatchObject({ arrivalRate: 0.75, period: 60 });
  });

  it('refuses a bad line before anything runs', async () => {
    const here = new Directory({ 'load.csv': '0,0.5\n30,-1\n' });
    const { code, stdout, stderr } = await here.run(['run', ...FLAGS]);
    expect(stderr).toBe('ratescale: load.csv:2: got "-1"; must be a number from 1e-9 to 1e9\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const alone = await here.run(['run', ...SMALL, '--time-scale', '3']);
    expect(alone.stderr).toBe('ratescale: --time-scale: is about --arrivals, which is missing\n');
  });
});

describe.concurrent('ratescale theory --arrivals', () => {
  it('adds what is known of the load', async () => {
    const here = new Directory({ 'load.csv': '0,0.5\n200,1.1\n' });
    const flags = 'theory -n 10 -m 50 --arrivals load.csv'.split(' ');
    const [text, json] = await Promise.all([here.run(flags), here.run([...flags, '--json'])]);
    expect(text.stdout).toMatch(/^rates over time( +1\.\d{4}){8} in the phases of the period/m);
    expect(text.stdout).toMatch(
      /^excess cost +0\.0\d+ = 0\.0\d+ tracking \+ 0\.000\d+ noise, over/m,
    );
    expect(text.stdout).toMatch(/^best constant +1\.5874, excess 0\.0\d+$/m);
    const { load } = JSON.parse(json.stdout);
    expect(load.meanRates).toHaveLength(8);
    expect(load.constant.rate).toBeCloseTo(Math.cbrt(4), 9);
    const frozen = await here.run([...flags, '-m', 'inf', '--initial-rates', '1']);
    expect(frozen.stdout).toMatch(/^load over time +none: rates are frozen$/m);
  });
});
