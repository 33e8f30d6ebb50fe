/** Finds Python with pandas, and R, for the examples of docs/notebooks.md; on Debian, as root, installs them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { find, install } from './debian.mjs';

const runs = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

const PYTHONS = [process.env.PYTHON, 'python3', 'python', '/usr/bin/python3'];

/** A Python that has all of these modules; undefined if there is none. */
export const findPython = (...modules) =>
  PYTHONS.find((path) => path && runs(path, '-c', `import ${['sys', ...modules].join(', ')}`));

/** A Python with pandas that reads Parquet files. */
export const findPythonWithParquet = () =>
  findPython('pandas', 'pyarrow') ?? findPython('pandas', 'fastparquet');

/** Path of Rscript; undefined if there is none. */
export const findR = () =>
  find(
    process.env.RSCRIPT,
    '/usr/bin/Rscript',
    '/usr/local/bin/Rscript',
    '/opt/homebrew/bin/Rscript',
  );

/** Whether an R package is there. */
export const hasRPackage = (name) => {
  const rscript = findR();
  return rscript !== undefined && runs(rscript, '-e', `library(${name})`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = [];
  if (!findPython('pandas')) missing.push('python3-pandas');
  if (!findR()) missing.push('r-base-core');
  if (missing.length > 0) install(missing, 'the examples of docs/notebooks.md');
  const left = [];
  if (!findPython('pandas')) left.push('Python with pandas (set PYTHON to its path)');
  else if (!findPythonWithParquet())
    left.push('pyarrow, which Debian has not (pip install pyarrow)');
  if (!findR()) left.push('R (set RSCRIPT to its path)');
  if (left.length > 0) {
    console.error(
      `The tests leave out the examples of docs/notebooks.md that need ${left.join(' and ')}.`,
    );
  }
}
