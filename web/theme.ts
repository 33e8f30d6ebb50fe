/** Light or dark: as the system has it, or as the reader chose. */
import { byId } from './html.js';

const KEY = 'ratescale-theme';

export function theme(): void {
  const choice = byId<HTMLSelectElement>('theme');
  choice.value = remembered();
  apply(choice.value);
  choice.addEventListener('change', () => {
    apply(choice.value);
    try {
      localStorage.setItem(KEY, choice.value);
    } catch {
      // a browser that remembers nothing
    }
  });
}

function remembered(): string {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}

function apply(choice: string): void {
  if (choice === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}
