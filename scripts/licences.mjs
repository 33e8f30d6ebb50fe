/** The licences of all packages in package-lock.json. The package is MIT: what it is made with must allow that. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** They ask for no more than to be named. */
const PERMISSIVE = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['Unlicense', 'CC0-1.0', 'Python-2.0', 'PSF-2.0', 'OFL-1.1'],
]);
/** Changes to their own files must stay free. Fine for tools and for packages that users install by themselves, not for our bundles. */
const FILE_BY_FILE = new Set(['MPL-2.0']);

/** Whether an SPDX expression allows one of the licences. */
export function allows(expression, licences) {
  if (typeof expression !== 'string') return false;
  const alternatives = expression.replace(/[()]/g, '').split(' OR ');
  return alternatives.some((all) => all.split(' AND ').every((one) => licences.has(one)));
}

/** The packages, by name, that may not be used as they are. */
export function refused({ packages }, inside) {
  const found = [];
  for (const [path, { license }] of Object.entries(packages)) {
    const name = path.replace(/^.*node_modules\//, '');
    if (name === '' || allows(license, PERMISSIVE)) continue;
    if (!inside.has(name) && allows(license, FILE_BY_FILE)) continue;
    found.push(`${name}: ${license ?? 'no licence'}${inside.has(name) ? ', bundled' : ''}`);
  }
  return found;
}

/** The packages whose licences the build hands on. */
function bundled(text) {
  return new Set(Array.from(text.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm), ([, name]) => name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL('..', import.meta.url);
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
  const inside = bundled(readFileSync(new URL('dist/LICENSES.txt', root), 'utf8'));
  const found = refused(lock, inside);
  for (const line of found) console.error(line);
  console.log(
    `${Object.keys(lock.packages).length - 1} packages, ${inside.size} of them bundled; ${found.length} refused`,
  );
  process.exitCode = found.length > 0 ? 1 : 0;
}
