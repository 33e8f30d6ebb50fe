import { defineConfig } from 'vitest/config';

const STATISTICAL = 'test/statistical/**/*.test.ts';
const BROWSER = ['test/browser/**/*.test.ts', 'test/web/**/*.browser.test.ts'];

const shared = { setupFiles: ['test/setup.ts'], testTimeout: 120_000 };

// All run by default; `npx vitest run --project unit` runs one.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [STATISTICAL, ...BROWSER],
        },
      },
      { test: { ...shared, name: 'statistical', include: [STATISTICAL] } },
      { test: { ...shared, name: 'browser', include: BROWSER } },
    ],
  },
});
