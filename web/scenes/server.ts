/** One server among fifty: when it is busy, how long it is idle, and what it makes of that. Small enough for the page's own thread. */
import { costFunctions, optimalRate, PAPER_COST, Simulation } from '../../src/index.js';
import { h, show } from '../html.js';
import { type Choice, stage } from './stage.js';

const SYSTEM = { servers: 50, inverseStepSize: 4, initialRates: 0.8, horizon: 1e6 };
const LOADS: readonly [title: string, load: number][] = [
  ['Little work, λ = 0.4', 0.4],
  ['λ = 0.8', 0.8],
  ['Much work, λ = 1.6', 1.6],
];
/** units of time per second, and in sight */
const SPEED = 3;
const SIGHT = 30;
/** time between two looks at the server */
const LOOK = 0.05;
const TOP_RATE = 2.6;
const TOP_IDLE = 3;

interface Look {
  time: number;
  busy: boolean;
  idle: number;
  rate: number;
  optimal: number;
}

export function serverScene(figure: HTMLElement): void {
  stage(figure, (place) => {
    const canvas = h('canvas', { role: 'img', 'aria-label': DESCRIPTION });
    const words = h('p', { class: 'scene-words' });
    place.append(canvas, words);
    let simulation: Simulation | null = null;
    let load = 0.8;
    let looks: Look[] = [];
    let running = false;
    let before = 0;
    let due = 0;
    let run = 0;

    async function start(): Promise<void> {
      const own = ++run;
      load = 0.8;
      const record = { interval: 1e4, quantiles: [] };
      const made = await Simulation.create({ ...SYSTEM, arrivalRate: load, record, seed: 3 });
      if (own !== run) return;
      simulation = made;
      looks = [];
      due = 0;
      resume();
    }
    function resume(): void {
      if (running) return;
      running = true;
      before = performance.now();
      requestAnimationFrame(frame);
    }
    function frame(now: number): void {
      if (!running || !simulation) return;
      // after a pause of the browser it does not catch up
      due += (SPEED * Math.min(100, Math.max(0, now - before))) / 1000;
      before = now;
      const optimal = optimalRate(COST, load);
      while (simulation.time + LOOK <= due) {
        const time = simulation.time + LOOK;
        simulation.runUntil(time);
        const [idle = 0] = simulation.idleSignals();
        const [rate = 0] = simulation.rates();
        const busy = (simulation.queueLengths()[0] ?? 0) > 0;
        looks.push({ time, busy, idle, rate, optimal });
      }
      const first = looks.findIndex(({ time }) => time > due - SIGHT - 1);
      if (first > 200) looks.splice(0, first);
      draw(canvas, looks, due);
      const last = looks.at(-1);
      if (last) words.replaceChildren(...sentence(last));
      requestAnimationFrame(frame);
    }
    const choices: Choice[] = LOADS.map(([title, value]) => [
      title,
      () => {
        load = value;
        simulation?.setArrivalRate(value);
      },
    ]);
    new ResizeObserver(() => draw(canvas, looks, due)).observe(canvas);
    return {
      act: {
        start: () => void start(),
        resume,
        pause: () => {
          running = false;
        },
      },
      choices,
      chosen: 1,
    };
  });
}

const COST = costFunctions(PAPER_COST);
const DESCRIPTION =
  'Moving chart of one server: blocks while it is busy, its last idle time below, and its service rate at the bottom, which falls while idle times are long and rises while they are short.';

function sentence({ busy, idle, rate }: Look): (Node | string)[] {
  const number = (value: number) => h('b', {}, show(value, 2));
  return busy
    ? ['Busy at rate ', number(rate), '. Before this task it was idle for ', number(idle), '.']
    : ['Idle for ', number(idle), ' so far, at rate ', number(rate), '.'];
}

function draw(canvas: HTMLCanvasElement, looks: readonly Look[], now: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const c = canvas.getContext('2d');
  if (!c || width === 0) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  const left = 64;
  const x = (time: number) => left + ((time - now + SIGHT) / SIGHT) * (width - left - 8);
  const strips = { busy: [16, 44], idle: [66, 128], rate: [152, height - 8] } as const;
  c.font = `13px ${style.fontFamily}`;
  c.textBaseline = 'middle';
  c.fillStyle = colour('--muted');
  for (const [name, label] of [
    ['busy', 'busy'],
    ['idle', 'idle time I'],
    ['rate', 'rate μ'],
  ] as const) {
    const [top, bottom] = strips[name];
    const lines = label.split(' time ');
    if (name === 'idle') {
      c.fillText('idle', 4, (top + bottom) / 2 - 8);
      c.fillText('time I', 4, (top + bottom) / 2 + 8);
    } else c.fillText(lines[0] as string, 4, (top + bottom) / 2);
  }
  const seen = looks.filter(({ time }) => time > now - SIGHT);

  // tasks
  const [top, bottom] = strips.busy;
  c.fillStyle = colour('--grid');
  c.fillRect(left, bottom, width - left - 8, 1);
  c.fillStyle = colour('--busy');
  for (const { time, busy } of seen) {
    if (busy) c.fillRect(x(time - LOOK), top, x(time) - x(time - LOOK) + 0.4, bottom - top);
  }
  const curve = (
    [low, high]: readonly [number, number],
    most: number,
    of: (look: Look) => number,
  ) => {
    c.beginPath();
    for (const look of seen) {
      c.lineTo(x(look.time), high - (Math.min(most, of(look)) / most) * (high - low));
    }
    c.stroke();
  };
  const axis = ([low, high]: readonly [number, number], most: number, marks: readonly number[]) => {
    c.fillStyle = colour('--grid');
    c.fillRect(left, high, width - left - 8, 1);
    c.fillStyle = colour('--muted');
    c.textAlign = 'right';
    for (const mark of marks)
      c.fillText(String(mark), left - 6, high - (mark / most) * (high - low));
    c.textAlign = 'left';
  };
  c.lineWidth = 2;
  c.strokeStyle = colour('--idle');
  axis(strips.idle, TOP_IDLE, []);
  curve(strips.idle, TOP_IDLE, ({ idle }) => idle);
  axis(strips.rate, TOP_RATE, [1, 2]);
  c.setLineDash([5, 4]);
  c.lineWidth = 1.5;
  c.strokeStyle = colour('--optimum');
  curve(strips.rate, TOP_RATE, ({ optimal }) => optimal);
  c.setLineDash([]);
  const last = seen.at(-1);
  if (last) {
    const [low, high] = strips.rate;
    c.fillStyle = colour('--optimum');
    c.textAlign = 'left';
    const y = high - (last.optimal / TOP_RATE) * (high - low);
    c.fillText('μ*, which it does not know', left + 6, y - 10);
  }
  c.lineWidth = 2.5;
  c.strokeStyle = colour('--accent');
  curve(strips.rate, TOP_RATE, ({ rate }) => rate);
}
