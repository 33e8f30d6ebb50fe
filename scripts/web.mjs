/** The playground as files that any server of files can serve, in dist/web; `npm run build` has it, too. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns the libraries within, by their place */
export async function buildWeb() {
  const out = `${root}dist/web`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const file of ['index.html', 'icon.svg'])
    copyFileSync(`${root}web/${file}`, `${out}/${file}`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'web/main.ts', style: 'web/style.css', worker: 'web/player/worker.ts' },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    alias: {
      '#platform': `${root}src/platform/browser.ts`,
      seedrandom: 'seedrandom/seedrandom.js', // without its other generators
    },
    minify: true,
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWeb();
