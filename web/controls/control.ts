/** A field of the configuration on the page: label, entry, slider, a line that explains it, and what is wrong with it. */
import { h } from '../html.js';

export interface Control {
  /** place in the configuration that errors name */
  field: string;
  element: HTMLElement;
  value: unknown;
  error(message: string | null): void;
  enable(enabled: boolean, why?: string): void;
}

interface Words {
  field: string;
  label: string;
  /** italic, after the label */
  symbol?: string;
  unit?: string;
  hint: string;
}

/** Called with true while a slider is still moving. */
type Listener = (moving: boolean) => void;

/** Places of a slider. */
export interface Scale {
  steps: number;
  at(step: number): number | string;
}

/** Equal steps. */
export function linear(low: number, high: number, step: number): Scale {
  return {
    steps: Math.round((high - low) / step),
    at: (k) => Number((low + k * step).toPrecision(10)),
  };
}

/** Twenty steps a decade, rounded to two digits. */
export function logarithmic(low: number, high: number): Scale {
  const decades = Math.log10(high / low);
  const steps = Math.round(20 * decades);
  return {
    steps,
    at: (k) => Number((low * 10 ** ((k / steps) * decades)).toPrecision(2)),
  };
}

export function oneOf(...values: (number | string)[]): Scale {
  return { steps: values.length - 1, at: (k) => values[k] as number | string };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What a text field holds: a number, or a text that the configuration accepts or refuses. */
function read(text: string): number | string {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/(?<=\d),(?=\d{3}(\D|$))/g, '');
  if (plain === '∞' || plain.toLowerCase() === 'infinity') return 'inf';
  return NUMBER.test(plain) ? Number(plain) : plain;
}

/** A number, or a word beside it, by field and slider. */
export function numeric(words: Words & { scale: Scale }, listener: Listener): Control {
  const { scale } = words;
  const { element, error, id, described } = frame(words);
  const entry = h('input', {
    id,
    type: 'text',
    inputmode: 'text',
    autocomplete: 'off',
    spellcheck: false,
    'aria-describedby': described,
  });
  const slider = h('input', {
    type: 'range',
    min: 0,
    max: scale.steps,
    step: 1,
    'aria-label': `${words.label}${words.symbol ? ` ${words.symbol}` : ''}, slider`,
  });
  let value: unknown = scale.at(0);

  /** The slider stands at the place nearest to the value, as eyes see it. */
  function moveSlider(): void {
    const target = place(value);
    let best = 0;
    for (let k = 0; k <= scale.steps; k++) {
      if (Math.abs(place(scale.at(k)) - target) < Math.abs(place(scale.at(best)) - target))
        best = k;
    }
    slider.value = String(best);
    slider.setAttribute('aria-valuetext', text(value));
  }
  slider.addEventListener('input', () => {
    value = scale.at(Number(slider.value));
    entry.value = text(value);
    slider.setAttribute('aria-valuetext', text(value));
    listener(true);
  });
  slider.addEventListener('change', () => listener(false));
  entry.addEventListener('change', () => {
    value = read(entry.value);
    moveSlider();
    listener(false);
  });
  element.querySelector('.entry')?.prepend(entry);
  element.querySelector('.entry')?.after(slider);
  return {
    field: words.field,
    element,
    get value() {
      return value;
    },
    set value(next) {
      value = next;
      entry.value = text(next);
      moveSlider();
    },
    error: (message) => error(entry, message),
    enable: (enabled, why) => {
      entry.disabled = !enabled;
      slider.disabled = !enabled;
      element.title = enabled ? '' : (why ?? '');
    },
  };
}

/** A text. */
export function textual(words: Words, listener: Listener): Control {
  const { element, error, id, described } = frame(words);
  const entry = h('input', {
    id,
    type: 'text',
    class: 'wide',
    autocomplete: 'off',
    spellcheck: false,
    'aria-describedby': described,
    change: () => listener(false),
  });
  element.querySelector('.entry')?.prepend(entry);
  return {
    field: words.field,
    element,
    get value() {
      return entry.value.trim();
    },
    set value(next) {
      entry.value = String(next);
    },
    error: (message) => error(entry, message),
    enable: (enabled) => {
      entry.disabled = !enabled;
    },
  };
}

/** One of several choices; one that is not among them is added when it is set. */
export function choice(
  words: Words & { choices: readonly (readonly [value: string, title: string])[] },
  listener: Listener,
): Control {
  const { element, error, id, described } = frame(words);
  const select = h(
    'select',
    { id, 'aria-describedby': described, change: () => listener(false) },
    ...words.choices.map(([value, title]) => h('option', { value }, title)),
  );
  element.querySelector('.entry')?.prepend(select);
  let other: unknown;
  return {
    field: words.field,
    element,
    get value() {
      return select.value === OTHER ? other : select.value;
    },
    set value(next) {
      select.querySelector(`[value="${OTHER}"]`)?.remove();
      if (!words.choices.some(([value]) => value === next)) {
        other = next;
        const title = typeof next === 'string' ? next : 'of the link';
        select.append(h('option', { value: OTHER }, title));
        select.value = OTHER;
      } else {
        select.value = next as string;
      }
    },
    error: (message) => error(select, message),
    enable: (enabled) => {
      select.disabled = !enabled;
    },
  };
}

const OTHER = '(other)';

let count = 0;

function frame({ field, label, symbol, unit, hint }: Words) {
  const id = `field-${count++}`;
  const described = `${id}-hint ${id}-error`;
  const complaint = h('p', { class: 'error', id: `${id}-error`, 'aria-live': 'polite' });
  const element = h(
    'div',
    { class: 'control', 'data-field': field },
    h('label', { for: id }, label, symbol ? ' ' : null, symbol ? h('var', {}, symbol) : null),
    h('span', { class: 'entry' }, unit ? h('span', { class: 'unit' }, unit) : null),
    h('p', { class: 'hint', id: `${id}-hint` }, hint),
    complaint,
  );
  function error(entry: HTMLElement, message: string | null): void {
    complaint.textContent = message ?? '';
    if (message) entry.setAttribute('aria-invalid', 'true');
    else entry.removeAttribute('aria-invalid');
  }
  return { element, error, id, described };
}

function text(value: unknown): string {
  if (value === 'inf') return '∞';
  return String(value);
}

/** Where a value is on a logarithmic ruler. */
function place(value: unknown): number {
  if (value === 'inf') return 1e3;
  return typeof value === 'number' ? Math.log(value + 1e-3) : Number.NaN;
}
