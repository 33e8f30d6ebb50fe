import { defineConfig } from 'vitest/config';

// npm run check:consumers: once before a release, as it installs bundlers, compilers and other versions of Node
export default defineConfig({
  test: {
    include: ['test/consumers/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
    reporters: ['tree'],
  },
});
