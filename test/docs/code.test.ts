/**
 * Every block of code in every page runs: programs in Node, after a type check of all of them; commands in a directory with the
 * files of their page. Long ones are interrupted after some seconds, which is a success if they stop as they should: bad
 * input is refused before anything runs.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, PAGES, root } from './pages.js';

/** A command is interrupted after some milliseconds, unless it makes files with which its page goes on. */
const PATIENCE = 2000;
const WAITED_FOR = /^(sweep|merge)\b|--trajectory|>/;
const MAIN = join(root, 'dist/cli/main.js');
/** Pages whose blocks run where what they need is: browsers, a queue, pipes, and other languages. */
const ELSEWHERE = ['docs/browser.md', 'docs/fleet.md', 'docs/running.md', 'docs/notebooks.md'];

const home = mkdtempSync(join(tmpdir(), 'ratescale-pages-'));
const pages = PAGES.filter((page) => !ELSEWHERE.includes(page));
const directoryOf = (page: string) => join(home, page.replaceAll('/', '-'));

beforeAll(() => {
  for (const page of pages) {
    const directory = directoryOf(page);
    mkdirSync(join(directory, 'node_modules'), { recursive: true });
    symlinkSync(root, join(directory, 'node_modules/ratescale'));
    cpSync(join(root, 'examples'), join(directory, 'examples'), { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    blocksOf(page).forEach(({ language, file, text }, i) => {
      if (language === 'ts') writeFileSync(join(directory, `block-${i}.ts`), text);
      else if (file) writeFileSync(join(directory, file), text);
    });
  }
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

it('all programs are well typed', () => {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2023', lib: ['es2023', 'dom'] },
    ...{ module: 'nodenext', types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    ...{ moduleDetection: 'force', skipLibCheck: true },
  };
  writeFileSync(
    join(home, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*/block-*.ts'] }),
  );
  const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

/** How one block runs; nothing where it is no program. */
const RUNS: Record<string, (block: Block, directory: string, i: number) => Promise<void>> = {
  async ts({ text }, directory, i) {
    const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'es2022' });
    writeFileSync(join(directory, `block-${i}.mjs`), code);
    const options = { cwd: directory, stdio: 'pipe' } as const;
    const output = execFileSync(process.execPath, [`block-${i}.mjs`], options).toString();
    // what a reader would stumble over
    expect(output).not.toMatch(/undefined|NaN|null/);
  },
  async sh({ text }, directory) {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const line of text.replace(/\\\n\s*/g, '').split('\n')) {
      const [, words] = /^(?:npx )?ratescale (.*)/.exec(line) ?? [];
      if (words) {
        await command(words, directory);
        continue;
      }
      // setting up, which the tests that run the package do in their own ways; scripts must be there
      for (const [, name = ''] of line.matchAll(/npm run ([\w:]+)|npm (?:start|test)/g)) {
        expect(name === '' || name in scripts, line).toBe(true);
      }
      expect(line).toMatch(/^(npm|git|#|$)|^[A-Z_]+=|npx (vitest|biome|playwright)/);
    }
  },
  async json({ text }) {
    JSON.parse(text);
  },
  python: ({ text }, directory) => interpreted('python3', ['-c', text], directory),
  r: ({ text }, directory) => interpreted('Rscript', ['-e', text], directory),
};

/** Runs a command as the shell reads it, and interrupts it when it takes long. */
async function command(words: string, directory: string, patience = PATIENCE): Promise<void> {
  const quiet = words.startsWith('play') ? `${words} --no-open` : words;
  const shell = `exec "${process.execPath}" "${MAIN}" ${quiet.replace(/\s#.*$/, '')}`;
  const child = spawn('sh', ['-c', shell], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  const wait = WAITED_FOR.test(words) ? 240_000 : patience;
  const timer = setTimeout(() => child.kill('SIGINT'), wait);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  // so early that it did not listen yet: a machine that has much else to do
  if (signal === 'SIGINT' && patience < 60_000) return command(words, directory, 4 * patience);
  expect([0, 130], `ratescale ${words}\n${said}`).toContain(code);
}

/** Runs a program in another language, where that is installed. */
async function interpreted(program: string, args: string[], directory: string): Promise<void> {
  const { error, status, stderr } = spawnSync(program, args, { cwd: directory, encoding: 'utf8' });
  if (error && 'code' in error && error.code === 'ENOENT') return;
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

describe.concurrent.each(pages)('%s', (page) => {
  it('its blocks run', async () => {
    for (const [i, block] of blocksOf(page).entries()) {
      await RUNS[block.language]?.(block, directoryOf(page), i);
    }
  }, 300_000);

  it('its blocks are of languages that run, or output', () => {
    const known = [...Object.keys(RUNS), 'text', 'csv'];
    expect(blocksOf(page).filter(({ language }) => !known.includes(language))).toEqual([]);
  });
});
