import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadCurveOptions, parseLoadCurve } from '../../src/config/load-curve.js';
import { ConfigError } from '../../src/errors.js';

/** Three hours with rates 0.5, 1.5 and 0.75. */
const HOURS = {
  schedule: [
    { time: 0, arrivalRate: 0.5 },
    { time: 3600, arrivalRate: 1.5 },
    { time: 7200, arrivalRate: 0.75 },
  ],
  period: 10_800,
};

describe('parseLoadCurve', () => {
  it.each<[dialect: string, text: string, options?: LoadCurveOptions]>([
    ['commas', '0,0.5\n3600,1.5\n7200,0.75\n'],
    ['a heading, and no line end', 'time,rate\n0,0.5\n3600,1.5\n7200,0.75'],
    ['semicolons and decimal commas', 'Zeit;Rate\n0;0,5\n3600;1,5\n7200;0,75\n'],
    ['semicolons and decimal points', '0;.5\n3600;1.5e0\n7200;75e-2\n'],
    ['tabs', 'time\trate\n0\t0.5\n3600\t1,5\n7200\t0.75\n'],
    ['quotes', '"time","requests per second"\n"0","0.5"\n"3600","1.5"\n"7200","0.75"\n'],
    [
      'quoted decimal commas and signs',
      '"time; s"\t"rate, ""mean"""\n"0"\t"0,5"\n3600\t+1.5\n7200\t,75',
    ],
    [
      'a byte order mark, CRLF and empty lines',
      '\uFEFFtime,rate\r\n\r\n0,0.5\r\n3600,1.5\r\n\r\n7200,0.75\r\n\r\n',
    ],
    ['blanks around', ' time , rate \n 0 , 0.5 \n 3600 , 1.5 \n 7200 , 0.75 \n'],
    ['times that begin late', '-1e3,0.5\n2600,1.5\n6200,0.75\n'],
    [
      'timestamps',
      'time,rate\n2026-05-01T12:00:00Z,0.5\n2026-05-01T13:00:00Z,1.5\n2026-05-01T14:00:00Z,0.75\n',
    ],
    [
      '… without zone or seconds',
      '2026-05-01 12:00,0.5\n2026-05-01 13:00:00,1.5\n2026-05-01 14:00:00.000,0.75\n',
    ],
    [
      '… of other zones',
      '2026-05-01T14:00:00+02:00,0.5\n2026-05-01T13:00:00Z,1.5\n2026-05-01T09:30:00-0430,0.75\n',
    ],
    ['… over midnight', '2023-12-31T23:00Z;0,5\n2024-01-01;1,5\n2024-01-01T01:00:00,000Z;0,75\n'],
    ['hours', '0,0.5\n1,1.5\n2,0.75', { timeScale: 3600 }],
    ['the load of a hundred servers', '0,50\n3600,150\n7200,75', { rateScale: 1 / 100 }],
    ['counts', 'time,requests\n0,1800\n3600,5400\n7200,2700'],
    [
      'counts in hours, of ten servers',
      'hour,arrival_count\n0,18000\n1,54000\n2,27000',
      { timeScale: 3600, rateScale: 0.1 },
    ],
    ['counts by option', '0,1800\n3600,5400\n7200,2700', { values: 'count' }],
    ['rates by option', 'time,tasks\n0,0.5\n3600,1.5\n7200,0.75', { values: 'rate' }],
    [
      'an unclear heading, and an option',
      'Time,Value\n0,0.5\n3600,1.5\n7200,0.75',
      { values: 'rate' },
    ],
  ])('reads %s', (_, text, options) => {
    const { schedule, period } = parseLoadCurve(text, 'load.csv', options);
    expect(period).toBe(HOURS.period);
    expect(schedule.map(({ time }) => time)).toEqual(HOURS.schedule.map(({ time }) => time));
    schedule.forEach(({ arrivalRate }, k) => {
      expect(arrivalRate).toBeCloseTo(HOURS.schedule[k]?.arrivalRate as number, 14);
    });
  });

  it('divides each count by its own interval, and takes the last one to be as long as the one before', () => {
    expect(parseLoadCurve('t,count\n0,10\n10,30\n30,6', 'load.csv')).toEqual({
      schedule: [
        { time: 0, arrivalRate: 1 },
        { time: 10, arrivalRate: 1.5 },
        { time: 30, arrivalRate: 0.3 },
      ],
      period: 50,
    });
  });

  it.each([
    ['requests', 'count'],
    ['Number of tasks', 'count'],
    ['arrivals', 'count'],
    ['request_count', 'count'],
    ['hits', 'count'],
    ['requests/s', 'rate'],
    ['requests per second', 'rate'],
    ['requests_per_second', 'rate'],
    ['arrival rate', 'rate'],
    ['arrivalRate', 'rate'],
    ['rps', 'rate'],
    ['λ', 'rate'],
  ])('takes "%s" for a %s', (heading, meaning) => {
    const [first] = parseLoadCurve(`time,${heading}\n0,4\n2,4`, 'load.csv').schedule;
    expect(first?.arrivalRate).toBe(meaning === 'rate' ? 4 : 2);
  });

  it.each<[text: string, complaint: string | RegExp, options?: LoadCurveOptions]>([
    ['0,1\n1,abc\n2,1', 'load.csv:2: got "abc"; must be a number'],
    ['time,rate\n0,1\n\n1,abc', 'load.csv:4: got "abc"; must be a number'],
    ['0,1\nx,1', /^load\.csv:2: got "x"; must be a time, as a number or an ISO 8601 timestamp/],
    ['0,1\n1,NaN', 'load.csv:2: got "NaN"; must be a number'],
    ['0,1\n1,Infinity', 'load.csv:2: got "Infinity"; must be a number'],
    ['0,1\n1,1e999', 'load.csv:2: got "1e999"; must be a number'],
    ['0,1\n1,', 'load.csv:2: got ""; must be a number'],
    ['0;1,234,5\n1;2', 'load.csv:1: got "1,234,5"; must be a number'],
    ['0,1\n1,0', /^load\.csv:2: got "0"; there must be some load at all times: put a small number/],
    ['t,count\n0,5\n10,0', /^load\.csv:3: got "0"; there must be some load/],
    ['0,1\n1,-2', 'load.csv:2: got "-2"; must be a number from 1e-9 to 1e9'],
    [
      '0,1\n1,5',
      /^load\.csv:1: got "1", which makes an arrival rate of 1e-10 per server; must/,
      { rateScale: 1e-10 },
    ],
    ['0,1\n2,1\n1,1', 'load.csv:3: got "1"; must be later than the time of the line before'],
    ['0,1\n2,1\n2,1', 'load.csv:3: got "2"; must be later than the time of the line before'],
    ['2026-05-01,1\n2026-04-30,1', /^load\.csv:2: got "2026-04-30"; must be later/],
    ['0,1\n2026-05-01,1', 'load.csv:2: got "2026-05-01"; must be a number as above'],
    ['2026-05-01,1\n5,1', 'load.csv:2: got "5"; must be a timestamp as above'],
    ['2026-02-29,1\n2026-03-01,1', /^load\.csv:1: got "2026-02-29"; must be a time/],
    ['2026-05-01T25:00,1\n2026-05-02,1', /^load\.csv:1: got "2026-05-01T25:00"; must be a time/],
    ['0,1\n1,2,3', 'load.csv:2: number of columns is 3; must be two, time and rate'],
    ['0\n1', 'load.csv:1: number of columns is 1; must be two, time and rate'],
    ['0,1', 'load.csv: number of lines with data is 1; must be at least two'],
    ['time,rate\n0,1', 'load.csv: number of lines with data is 1; must be at least two'],
    ['', 'load.csv: number of lines with data is 0; must be at least two'],
    ['0,1\n1,"2', /^load\.csv:2: is not CSV: /],
    ['Time,Value\n0,1\n1,2', /^load\.csv:1: got the heading "Value", which leaves open whether/],
    ['0,1\n1,2', /^timeScale: got 0; must be a number from/, { timeScale: 0 }],
    ['0,1\n1,2', /^rateScale: got NaN; must be a number from/, { rateScale: Number.NaN }],
  ])('refuses %j', (text, complaint, options) => {
    const parse = () => parseLoadCurve(text, 'load.csv', options);
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(complaint);
  });

  it('reads what any dialect writes', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      comma: fc.boolean(),
      quoted: fc.boolean(),
      end: fc.constantFrom('\n', '\r\n'),
      heading: fc.constantFrom('', 'time', '"when, or; so"'),
      mark: fc.constantFrom('', '\uFEFF'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(positive, positive), { minLength: 2, maxLength: 20 }),
        dialect,
        (pairs, { delimiter, comma, quoted, end, heading, mark }) => {
          let time = -500;
          const rows = pairs.map(([gap, rate]) => {
            time += Math.max(gap, 1e-3);
            return [time, rate] as const;
          });
          const write = (x: number) => {
            const text = comma && delimiter !== ',' ? String(x).replace('.', ',') : String(x);
            return quoted ? `"${text}"` : text;
          };
          const lines = rows.map(([t, x]) => write(t) + delimiter + write(x));
          if (heading) lines.unshift(`${heading}${delimiter}rate`);
          const { schedule, period } = parseLoadCurve(mark + lines.join(end), 'load.csv');
          const [origin] = rows[0] as readonly [number, number];
          expect(schedule).toEqual(rows.map(([t, x]) => ({ time: t - origin, arrivalRate: x })));
          const [before, last] = schedule.slice(-2).map((step) => step.time) as [number, number];
          expect(period).toBe(last + (last - before));
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('never says anything but a ConfigError about a text that is no curve', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...',;\t"\n 01.-:TZx') })),
        (text) => {
          try {
            const { schedule, period } = parseLoadCurve(text, 'load.csv');
            expect(schedule[0]?.time).toBe(0);
            expect(period).toBeGreaterThan(schedule.at(-1)?.time as number);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
        },
      ),
      { seed: 2, numRuns: 2000 },
    );
  });
});
