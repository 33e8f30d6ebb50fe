/**
 * npm run check: everything that must hold before a change is merged, one step after the other. A step that fails does not keep
 * the others from running; a step that could not look says so.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const run = (command, ...args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
const node = (...args) => run(process.execPath, ...args);
const npx = (...args) => run('npx', '--no-install', ...args);

/** What is known of the packages in the lock file, from the registry that npm asks. */
function audit() {
  const { stdout } = spawnSync('npm', ['audit', '--json'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const report = JSON.parse(stdout || '{}');
  if (!report.metadata?.vulnerabilities) {
    console.error(`npm audit did not answer: ${report.message ?? report.error?.summary ?? ''}`);
    return null;
  }
  for (const { name, severity, range } of Object.values(report.vulnerabilities)) {
    console.error(`${name} ${range}: ${severity}`);
  }
  return report.metadata.vulnerabilities.total === 0;
}

/** true: holds; false: does not; null: could not be told */
const STEPS = {
  // the kernels' types are checked by their compiler
  build: () => node('scripts/build.mjs'),
  'format and lint': () => npx('biome', 'check', '.'),
  types: () => npx('tsc', '-p', 'tsconfig.check.json'),
  'unused code and packages': () => npx('knip'),
  licences: () => node('scripts/licences.mjs'),
  'known vulnerabilities': audit,
  documentation: () => node('scripts/docs.mjs'),
  'what the tests need': () => run('npm', 'run', '--silent', 'setup'),
  'tests, with coverage': () => npx('vitest', 'run', '--coverage'),
};

const outcomes = Object.entries(STEPS).map(([name, step]) => {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const holds = step();
  const seconds = Math.round((performance.now() - start) / 1000);
  const verdict = holds === null ? 'NOT CHECKED' : holds ? 'ok' : 'FAILED';
  return { name, holds, line: `${verdict.padEnd(12)} ${name} (${seconds} s)` };
});
console.log(`\n${outcomes.map(({ line }) => line).join('\n')}`);
if (outcomes.some(({ holds }) => holds === null)) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  console.log(`\nDo not release ${version} before every step has been checked.`);
}
process.exitCode = outcomes.some(({ holds }) => holds === false) ? 1 : 0;
