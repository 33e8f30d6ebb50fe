/** What importing the package and simulating costs at the start: told by what Node has to load, not by the clock. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ENTRY = new URL('../../dist/index.js', import.meta.url).href;

/** Node's own modules that a program has loaded at its end. */
function loaded(program: string): string[] {
  const code = `${program}\nconsole.log(JSON.stringify(process.moduleLoadList));`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd });
  return JSON.parse(output.toString());
}

it('the first event needs no HTTP client and no library in CommonJS', () => {
  const bare = new Set(loaded(''));
  const added = loaded(`
    import { Simulation } from '${ENTRY}';
    const config = { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 10 };
    (await Simulation.create(config)).step(1);
  `).filter((name) => !bare.has(name));
  expect(added.length).toBeGreaterThan(0);
  expect(added.filter((name) => /undici|cjs-module-lexer|cjs\/lexer/.test(name))).toEqual([]);
});

it('the test would notice', () => {
  expect(loaded('typeof Response;').some((name) => name.includes('undici'))).toBe(true);
  expect(loaded("import 'seedrandom';").some((name) => name.includes('lexer'))).toBe(true);
});
