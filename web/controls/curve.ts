/** A load curve that is drawn with the pointer, or with the keys: left and right choose a part, up and down change its load. */
import { apply, h, svg } from '../html.js';
import { HIGHEST, LOWEST, PARTS, rounded, SHAPES } from './shapes.js';

const WIDTH = 240;
const HEIGHT = 100;
const STEP = 0.05;

export interface Curve {
  element: HTMLElement;
  values: readonly number[];
  period: number;
  /** Marks the present time. */
  mark(time: number | null): void;
}

/** @param listener called with true while the curve is still being drawn */
export function loadCurve(listener: (moving: boolean) => void): Curve {
  let values: number[] = [...SHAPES.steps.values];
  let period = 480;
  let chosen = 0;

  const line = svg('path', { class: 'curve-line' });
  const area = svg('path', { class: 'curve-area' });
  const part = svg('rect', { class: 'curve-part', y: 0, width: WIDTH / PARTS, height: HEIGHT });
  const now = svg('line', { class: 'curve-now', y1: 0, y2: HEIGHT, x1: -9, x2: -9 });
  const grid = [0.5, 1, 1.5].map((load) =>
    svg('line', { class: 'curve-grid', x1: 0, x2: WIDTH, y1: y(load), y2: y(load) }),
  );
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...grid,
    area,
    part,
    line,
    now,
  );
  const pad = h('div', {
    class: 'curve-pad',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Load curve',
    'aria-valuemin': LOWEST,
    'aria-valuemax': HIGHEST,
    'aria-describedby': 'curve-hint',
    'aria-orientation': 'vertical',
  });
  pad.append(picture);

  function draw(): void {
    const width = WIDTH / PARTS;
    const d = values.map((load, i) => `${i ? 'L' : 'M'}${i * width},${y(load)}h${width}`).join('');
    line.setAttribute('d', d);
    area.setAttribute('d', `${d}V${HEIGHT}H0Z`);
    part.setAttribute('x', String(chosen * width));
    const [from, to] = [chosen, chosen + 1].map((i) => Number(((i * period) / PARTS).toFixed(1)));
    apply(pad, {
      'aria-valuenow': values[chosen] as number,
      'aria-valuetext': `λ = ${values[chosen]} from time ${from} to ${to} of ${period}`,
    });
  }

  pad.addEventListener('keydown', (event) => {
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const lift = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 5 * STEP, PageDown: -5 * STEP }[
      event.key
    ];
    if (turn === undefined && lift === undefined) return;
    event.preventDefault();
    if (turn !== undefined) chosen = (chosen + turn + PARTS) % PARTS;
    if (lift !== undefined) {
      values[chosen] = rounded((values[chosen] as number) + lift);
      listener(false);
    }
    draw();
  });

  let last: { part: number; load: number } | null = null;
  function trace(event: PointerEvent): void {
    const box = pad.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const load = rounded(HIGHEST * (1 - (event.clientY - box.top) / box.height));
    const here = { part: Math.min(PARTS - 1, Math.max(0, Math.floor(x * PARTS))), load };
    // a fast pointer skips parts: join them by a line
    const from = last ?? here;
    const steps = Math.max(1, Math.abs(here.part - from.part));
    for (let k = 0; k <= steps; k++) {
      const share = k / steps;
      const i = Math.round(from.part + share * (here.part - from.part));
      values[i] = rounded(from.load + share * (here.load - from.load));
    }
    last = here;
    chosen = here.part;
    draw();
    listener(true);
  }
  pad.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    last = null;
    trace(event);
  });
  pad.addEventListener('pointermove', (event) => {
    if (pad.hasPointerCapture(event.pointerId)) trace(event);
  });
  pad.addEventListener('lostpointercapture', () => {
    last = null;
    listener(false);
  });

  const shapes = Object.values(SHAPES).map(({ title, values: shape }) =>
    h(
      'button',
      {
        type: 'button',
        class: 'small',
        click: () => {
          values = [...shape];
          draw();
          listener(false);
        },
      },
      title,
    ),
  );
  const element = h(
    'div',
    { class: 'curve' },
    h(
      'div',
      { class: 'curve-frame' },
      h(
        'div',
        { class: 'curve-scale', 'aria-hidden': 'true' },
        h('span', {}, `λ = ${HIGHEST}`),
        h('span', {}, '1'),
        h('span', {}, '0'),
      ),
      pad,
    ),
    h('p', { class: 'hint', id: 'curve-hint' }, HINT),
    h('div', { class: 'buttons', role: 'group', 'aria-label': 'Shape of the curve' }, ...shapes),
  );
  draw();
  return {
    element,
    get values() {
      return values;
    },
    set values(next) {
      values = [...next];
      draw();
    },
    get period() {
      return period;
    },
    set period(next) {
      period = next;
      draw();
    },
    mark(time) {
      const x = time === null ? -9 : ((time % period) / period) * WIDTH;
      apply(now, { x1: x, x2: x });
    },
  };
}

const HINT =
  'Draw it with the pointer. With the keyboard, left and right choose a part of the period, up and down change its load.';

function y(load: number): number {
  return HEIGHT * (1 - load / HIGHEST);
}
