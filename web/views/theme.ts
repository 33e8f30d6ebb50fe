/** Colours of charts: custom properties of the page (`--chart-ink` and so on), or these, for light and dark. */
const COLOURS = {
  surface: ['#ffffff', '#14171b'],
  ink: ['#1a1d21', '#e8eaed'],
  muted: ['#59616b', '#a3abb6'],
  grid: ['#e4e7eb', '#2b3037'],
  rates: ['#1769aa', '#6cb4ff'],
  optimal: ['#c2410c', '#ff9d5c'],
  fixed: ['#7c3aed', '#c4a1ff'],
  band: ['#15803d', '#5fd38d'],
  busy: ['#0f766e', '#4fd1c5'],
  queue: ['#a8480c', '#f6b756'],
  cost: ['#1769aa', '#6cb4ff'],
} as const;

export type Colour = keyof typeof COLOURS;
export type Theme = Record<Colour, string> & { font: string };

/** As they are where an element stands. */
export function themeOf(element: HTMLElement): Theme {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const style = getComputedStyle(probe);
  const entries = Object.entries(COLOURS).map(([name, [light, dark]]) => {
    probe.style.color = `var(--chart-${name}, light-dark(${light}, ${dark}))`;
    return [name, style.color];
  });
  const font = style.fontFamily;
  probe.remove();
  return { ...Object.fromEntries(entries), font } as Theme;
}

/** Calls back when colours may have changed: the system's preference, or an attribute of the root. @returns how to stop */
export function onThemeChange(callback: () => void): () => void {
  const preference = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(callback);
  preference.addEventListener('change', callback);
  observer.observe(document.documentElement, { attributeFilter: ['class', 'style', 'data-theme'] });
  return () => {
    preference.removeEventListener('change', callback);
    observer.disconnect();
  };
}
