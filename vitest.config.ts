import { defineConfig } from 'vitest/config';

const STATISTICAL = 'test/statistical/**/*.test.ts';
const BROWSER = ['test/browser/**/*.test.ts', 'test/web/**/*.browser.test.ts'];

const shared = { setupFiles: ['test/setup.ts'], testTimeout: 120_000 };

// All run by default; `npx vitest run --project unit` runs one.
export default defineConfig({
  test: {
    // `--coverage`, as in npm run check. What runs in a process of its own (the command, threads) or in the kernel does not count.
    coverage: {
      include: ['src/**', 'web/**'],
      exclude: ['src/**/*-binary.ts'],
      reporter: ['text-summary', 'html'],
    },
    // many tests wait for processes that they start
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [STATISTICAL, ...BROWSER, 'test/consumers/**'],
        },
      },
      { test: { ...shared, name: 'statistical', include: [STATISTICAL] } },
      { test: { ...shared, name: 'browser', include: BROWSER } },
    ],
  },
});
