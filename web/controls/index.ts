/** All controls of the playground, and the settings that they stand for. */
import { h } from '../html.js';
import type { Settings } from '../settings.js';
import { type Control, choice, linear, logarithmic, numeric, oneOf, textual } from './control.js';
import { loadCurve } from './curve.js';
import { curveOf, valuesOf } from './shapes.js';

export interface Controls {
  element: HTMLElement;
  /** as the fields have them; only the configuration says whether they can be used */
  settings: Settings;
  /** Puts a complaint at the field that it is about; false if there is no such field. */
  complain(field: string | null, message: string): boolean;
  clearComplaints(): void;
  /** Marks the present time on the load curve. */
  mark(time: number): void;
}

/** @param listener told which field changed, and whether it is still moving */
export function controls(listener: (field: string, moving: boolean) => void): Controls {
  const on = (field: string) => (moving: boolean) => {
    delete kept[field];
    listener(field, moving);
  };

  const servers = numeric(
    {
      field: 'servers',
      label: 'Servers',
      symbol: 'n',
      hint: 'How many work side by side. Starts again.',
      scale: logarithmic(1, 1e6),
    },
    on('servers'),
  );
  const arrivalRate = numeric(
    {
      field: 'arrivalRate',
      label: 'Load',
      symbol: 'λ',
      unit: 'tasks per server and unit of time',
      hint: 'How much work there is. Changes at once; the servers are not told.',
      scale: linear(0.05, 3, 0.05),
    },
    on('arrivalRate'),
  );
  const inverseStepSize = numeric(
    {
      field: 'inverseStepSize',
      label: 'Inverse step size',
      symbol: 'm',
      unit: 'units of time',
      hint: 'Rates move at speed 1/m. Large is steady and slow; ∞ freezes them. Changes at once.',
      scale: logarithmic(1, 10_000),
    },
    on('inverseStepSize'),
  );
  const price = numeric(
    {
      field: 'cost.h',
      label: 'Price of speed',
      symbol: 'b',
      unit: 'in h(μ) = b μ²',
      hint: 'What it costs to run fast. Changes at once.',
      scale: logarithmic(0.01, 1),
    },
    on('cost'),
  );
  const buffer = numeric(
    {
      field: 'buffer',
      label: 'Buffer',
      unit: 'tasks',
      hint: 'What a server holds, the task in service included; ∞ for no limit. Starts again.',
      scale: oneOf(1, 2, 3, 5, 10, 100, 'inf'),
    },
    on('buffer'),
  );
  const low = numeric(
    {
      field: 'initialRates',
      label: 'Initial rates, lowest',
      unit: 'tasks per unit of time',
      hint: 'Every server starts at a rate drawn between the lowest and the highest.',
      scale: linear(0, 4, 0.1),
    },
    on('initialRates'),
  );
  const high = numeric(
    {
      field: 'initialRates.high',
      label: 'Initial rates, highest',
      unit: 'tasks per unit of time',
      hint: 'As high as the lowest, and all start alike.',
      scale: linear(0, 4, 0.1),
    },
    on('initialRates'),
  );
  const initialTasks = numeric(
    {
      field: 'initialTasks',
      label: 'Backlog',
      unit: 'tasks at each server',
      hint: 'Work that is there at the start. It needs as large a buffer.',
      scale: oneOf(0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
    },
    on('initialTasks'),
  );
  const dispatch = choice(
    {
      field: 'dispatch',
      label: 'Dispatch',
      hint: 'Where an arriving task goes. Starts again.',
      choices: [
        ['jiq', 'to an idle server (Join-Idle-Queue)'],
        ['longest-idle', 'to the one that is idle longest'],
        ['shortest-idle', 'to the one that is idle shortest'],
        ['random', 'to any server, at random'],
        ['round-robin', 'to servers in turn'],
        ['jsq:2', 'to the shorter queue of two'],
        ['jsq', 'to the shortest queue of all'],
      ],
    },
    on('dispatch'),
  );
  const service = choice(
    {
      field: 'service',
      label: 'Service requirement',
      hint: 'How much work a task is, 1 on average. Starts again.',
      choices: [
        ['exponential', 'exponential'],
        ['erlang:10', 'nearly equal (Erlang, 10 phases)'],
        ['erlang:2', 'less variable (Erlang, 2 phases)'],
        ['scv:4', 'more variable (squared variation 4)'],
        ['scv:20', 'bursty (squared variation 20)'],
      ],
    },
    on('service'),
  );
  const seed = textual(
    { field: 'seed', label: 'Seed', hint: 'Equal seeds give equal runs, to the last bit.' },
    on('seed'),
  );
  const g = textual(
    {
      field: 'cost.g',
      label: 'Cost of slowness',
      symbol: 'g(x)',
      hint: 'An expression in x that falls, such as 1/x, 1/(1+x) or 1/x^2.',
    },
    on('cost'),
  );
  const hOther = textual(
    {
      field: 'cost.h',
      label: 'Cost of speed',
      symbol: 'h(x)',
      hint: 'An expression in x that grows, such as 0.05 x^3. Empty for b x².',
    },
    on('cost'),
  );
  const period = numeric(
    {
      field: 'period',
      label: 'Period',
      unit: 'units of time',
      hint: 'After this time the curve repeats.',
      scale: oneOf(24, 48, 96, 120, 240, 480, 960, 1200, 2400, 4800, 9600),
    },
    (moving) => {
      if (typeof period.value === 'number') curve.period = period.value;
      listener('schedule', moving);
    },
  );
  const curve = loadCurve((moving) => {
    follows.checked = true;
    toggle();
    listener('schedule', moving);
  });
  const follows = h('input', {
    type: 'checkbox',
    id: 'follows',
    change: () => {
      toggle();
      listener('schedule', false);
    },
  });
  /** what a link said and no control can show; gone once its control is touched */
  let kept: Record<string, unknown> = {};

  function toggle(): void {
    delete kept.schedule;
    delete kept.period;
    const why = 'the load follows the curve below';
    arrivalRate.enable(!follows.checked, why);
  }

  const all = [
    ...[servers, arrivalRate, inverseStepSize, price, buffer, low, high, initialTasks],
    ...[dispatch, service, seed, g, hOther, period],
  ];
  const curveError = h('p', { class: 'error', 'aria-live': 'polite' });

  const element = h(
    'form',
    {
      class: 'controls',
      'aria-label': 'Settings',
      submit: (event: Event) => event.preventDefault(),
    },
    group('While it runs', true, arrivalRate, inverseStepSize, price),
    group('The system', true, servers, buffer, dispatch, service),
    group('The start', false, initialTasks, low, high, seed),
    details(
      'A load that changes',
      false,
      h(
        'div',
        { class: 'check' },
        follows,
        h('label', { for: 'follows' }, 'The load λ follows this curve, again and again'),
      ),
      curve.element,
      period.element,
      curveError,
    ),
    group('Other costs', false, g, hOther),
  );

  return {
    element,
    get settings() {
      const curved = follows.checked && curveOf(curve.values, period.value as number);
      return {
        servers: servers.value,
        arrivalRate: arrivalRate.value,
        inverseStepSize: inverseStepSize.value,
        buffer: buffer.value,
        dispatch: dispatch.value,
        service: service.value,
        initialRates: initialRates(low.value, high.value),
        initialTasks: initialTasks.value,
        cost: {
          g: g.value === PAPER_G ? { family: 'power', a: 1, p: 1 } : g.value,
          h: hOther.value === '' ? { family: 'power', b: price.value, q: 2 } : hOther.value,
        },
        ...curved,
        seed: seed.value,
        ...kept,
      } as Settings;
    },
    set settings(settings) {
      const rates = settings.initialRates ?? { uniform: [0, 2] };
      const [lowest, highest] = ends(rates);
      servers.value = settings.servers;
      arrivalRate.value = settings.arrivalRate;
      inverseStepSize.value = settings.inverseStepSize;
      buffer.value = settings.buffer ?? 1;
      dispatch.value = settings.dispatch ?? 'jiq';
      service.value = settings.service ?? 'exponential';
      low.value = lowest;
      high.value = highest;
      initialTasks.value = typeof settings.initialTasks === 'number' ? settings.initialTasks : 0;
      g.value = spelled(settings.cost?.g) ?? PAPER_G;
      const speed = settings.cost?.h;
      const plain = typeof speed === 'object' && 'q' in speed && speed.q === 2;
      price.value = plain ? speed.b : 0.1;
      hOther.value = plain ? '' : (spelled(speed) ?? '');
      seed.value = settings.seed ?? 1;
      const values = valuesOf(settings.schedule, settings.period);
      follows.checked = values !== null;
      toggle();
      if (values) curve.values = values;
      period.value = settings.period ?? 480;
      curve.period = settings.period ?? 480;
      const { classes, schedule, period: repeats, initialTasks: tasks } = settings;
      kept = {
        ...(classes && { classes }),
        ...(schedule && !values && { schedule, ...(repeats !== undefined && { period: repeats }) }),
        ...(typeof rates === 'object' && !('uniform' in rates) && { initialRates: rates }),
        ...(typeof tasks === 'object' && { initialTasks: tasks }),
      };
    },
    complain(field, message) {
      if (field === null) return false;
      const short = message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
      if (field.startsWith('schedule')) {
        curveError.textContent = short;
        return true;
      }
      const at =
        all.find((control) => isWithin(field, control.field)) ??
        all.find((control) => isWithin(control.field, field));
      if (!at) return false;
      // what hides the field opens
      at.element.closest('details')?.setAttribute('open', '');
      const own = at === price && hOther.value !== '' ? hOther : at;
      own.error(short);
      return true;
    },
    clearComplaints() {
      for (const control of all) control.error(null);
      curveError.textContent = '';
    },
    mark: (time) => curve.mark(follows.checked ? time : null),
  };
}

const PAPER_G = '1/x';

function initialRates(low: unknown, high: unknown): unknown {
  return low === high ? low : { uniform: [low, high] };
}

function ends(rates: NonNullable<Settings['initialRates']>): [number, number] {
  if (typeof rates === 'number') return [rates, rates];
  return 'uniform' in rates ? rates.uniform : [0, 2];
}

/** A cost as an expression in x; null for the paper's, and for none. */
function spelled(cost: unknown): string | null {
  if (typeof cost === 'string') return cost;
  const { family, a, p, b, q } = (cost ?? {}) as Record<string, number | string>;
  if (family === 'shifted') return `${a}/(1+x)^${p}`;
  if (family === 'power' && q !== undefined) return `${b} x^${q}`;
  if (family === 'power' && !(a === 1 && p === 1)) return `${a}/x^${p}`;
  return null;
}

function isWithin(field: string, section: string): boolean {
  return field === section || field.startsWith(`${section}.`) || field.startsWith(`${section}[`);
}

function group(title: string, open: boolean, ...members: Control[]): HTMLElement {
  return details(title, open, ...members.map(({ element }) => element));
}

function details(title: string, open: boolean, ...content: Node[]): HTMLElement {
  return h('details', { open }, h('summary', {}, title), h('div', { class: 'group' }, ...content));
}
