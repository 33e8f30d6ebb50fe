/** What a user's compiler reads of the package names no library that is bundled into it. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('reaches no declarations of valibot from those of a configuration', () => {
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const text = readFileSync(url, 'utf8');
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g)) {
      expect(from, url.pathname).not.toMatch(/^valibot/);
      if (from.startsWith('.')) visit(new URL(from.replace(/\.js$/, '.d.ts'), url));
    }
  };
  const entry = new URL('../../dist/index.d.ts', import.meta.url);
  expect(existsSync(entry), 'dist is built').toBe(true);
  visit(entry);
  expect(seen.size).toBeGreaterThan(10);
});
