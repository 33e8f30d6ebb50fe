/** One server among fifty: when it is busy, how long it is idle, and what it makes of that. Small enough for the page's own thread. */
import { costFunctions, optimalRate, PAPER_COST, Simulation } from '../../src/index.js';
import { h } from '../html.js';
import { type Choice, stage } from './stage.js';

const SYSTEM = { servers: 50, inverseStepSize: 3, initialRates: 0.8, horizon: 1e6 };
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
const LOW_RATE = 0.5;
const TOP_RATE = 2.3;
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
      before = performance.now();
    }
    function resume(): void {
      if (running) return;
      running = true;
      before = performance.now();
      requestAnimationFrame(frame);
    }
    function frame(now: number): void {
      if (!running) return;
      requestAnimationFrame(frame);
      if (!simulation) return;
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
    }
    const choices: Choice[] = LOADS.map(([title, value]) => [
      title,
      () => {
        load = value;
        void simulation?.update({ arrivalRate: value });
      },
    ]);
    new ResizeObserver(() => draw(canvas, looks, due)).observe(canvas);
    return {
      act: {
        start: () => {
          void start();
          resume();
        },
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
  const number = (value: number) => h('b', {}, value.toFixed(2));
  return busy
    ? ['Busy at rate ', number(rate), '. Before this task it was idle for ', number(idle), '.']
    : ['Idle for ', number(idle), ' so far, at rate ', number(rate), '.'];
}

/** Top and bottom of a strip of the chart, and what they stand for. */
interface Strip {
  top: number;
  bottom: number;
  low: number;
  high: number;
}

function draw(canvas: HTMLCanvasElement, looks: readonly Look[], now: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const c = canvas.getContext('2d');
  if (!c || width === 0) return;
  const style = getComputedStyle(canvas);
  const colour = coloursOf(canvas);
  const left = 72;
  const right = width - 6;
  const tasks: Strip = { top: 12, bottom: 42, low: 0, high: 1 };
  const idle: Strip = { top: 62, bottom: 128, low: 0, high: TOP_IDLE };
  const rate: Strip = { top: 152, bottom: height - 10, low: LOW_RATE, high: TOP_RATE };
  const x = (time: number) => right - ((now - time) / SIGHT) * (right - left);
  const y = ({ top, bottom, low, high }: Strip, value: number) =>
    bottom - ((Math.min(high, value) - low) / (high - low)) * (bottom - top);
  const seen = looks.filter(({ time }) => time > now - SIGHT);

  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.font = `13px ${style.fontFamily}`;
  c.textBaseline = 'middle';
  const label = (text: string, at: number, end = left - 8) => {
    c.fillStyle = colour.muted;
    c.textAlign = 'right';
    c.fillText(text, end, at);
  };
  label('busy', 27);
  label('idle', 87);
  label('time I', 103);
  label('rate μ', y(rate, 2) - 22);
  for (const mark of [1, 1.5, 2]) label(String(mark), y(rate, mark));
  c.fillStyle = colour.grid;
  for (const { bottom } of [tasks, idle, rate]) c.fillRect(left, bottom, right - left, 1);
  for (const mark of [1, 1.5, 2]) c.fillRect(left, y(rate, mark), right - left, 1);

  c.fillStyle = colour.busy;
  for (const [from, to] of busyPeriods(seen)) {
    c.fillRect(x(from), tasks.top, Math.max(1, x(to) - x(from)), tasks.bottom - tasks.top);
  }
  const curve = (strip: Strip, stroke: string, width: number, of: (look: Look) => number) => {
    c.strokeStyle = stroke;
    c.lineWidth = width;
    c.beginPath();
    for (const look of seen) c.lineTo(x(look.time), y(strip, of(look)));
    c.stroke();
  };
  curve(idle, colour.idle, 2, (look) => look.idle);
  c.setLineDash([5, 4]);
  curve(rate, colour.optimum, 1.5, (look) => look.optimal);
  c.setLineDash([]);
  curve(rate, colour.accent, 2.5, (look) => look.rate);
  const [first] = seen;
  if (first) {
    c.fillStyle = colour.optimum;
    c.textAlign = 'left';
    c.fillText('μ*, which it does not know', left + 4, y(rate, first.optimal) - 10);
  }
}

/** From when to when it was busy. */
function busyPeriods(looks: readonly Look[]): [from: number, to: number][] {
  const periods: [number, number][] = [];
  let before = false;
  for (const { time, busy } of looks) {
    const last = periods.at(-1);
    if (busy && before && last) last[1] = time;
    else if (busy) periods.push([time - LOOK, time]);
    before = busy;
  }
  return periods;
}

const NAMES = ['muted', 'grid', 'busy', 'idle', 'optimum', 'accent'] as const;

/** The colours of the page as a canvas takes them. */
function coloursOf(element: HTMLElement): Record<(typeof NAMES)[number], string> {
  const before = element.style.color;
  const colours = NAMES.map((name) => {
    element.style.color = `var(--${name})`;
    return [name, getComputedStyle(element).color];
  });
  element.style.color = before;
  return Object.fromEntries(colours);
}
