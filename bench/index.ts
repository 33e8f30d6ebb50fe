/** npm run bench [-- engine|parallel|peers]: one suite, or all. */
const SUITES: Record<string, () => Promise<unknown>> = {
  engine: () => import('./engine.js'),
  parallel: () => import('./parallel.js'),
  peers: () => import('./peers.js'),
};
const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in SUITES));
if (unknown !== undefined) {
  console.error(`no suite "${unknown}"; there are ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(SUITES)) await SUITES[name]?.();
