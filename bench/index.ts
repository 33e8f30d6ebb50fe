/**
 * npm run bench [-- <suite> …]: suites, one after the other, each writing bench/results/<suite>.json and .svg; `table`
 * makes the tables of docs/speed.md from those; `--check` is the guard against lost speed.
 */

interface Command {
  run: () => Promise<void>;
  /** not among `all` */
  alone?: true;
}

const COMMANDS: Record<string, Command> = {
  engine: { run: async () => (await import('./engine-suite.js')).runEngineSuite() },
  scale: { run: async () => (await import('./scale-suite.js')).runScaleSuite() },
  peers: { run: async () => (await import('./peers-suite.js')).runPeersSuite() },
  parallel: { run: async () => (await import('./parallel-suite.js')).runParallelSuite() },
  threads: { run: async () => (await import('./threads-suite.js')).runThreadsSuite() },
  fleet: { run: async () => (await import('./fleet-suite.js')).runFleetSuite() },
  policies: { run: async () => (await import('./policies-suite.js')).runPoliciesSuite() },
  breakdown: { run: async () => (await import('./breakdown-suite.js')).runBreakdownSuite() },
  huge: { run: async () => (await import('./huge-suite.js')).runHugeSuite(), alone: true },
  table: { run: async () => (await import('./table.js')).writeTables(), alone: true },
  '--check': { run: async () => (await import('./check.js')).checkSpeed(), alone: true },
};

const given = process.argv.slice(2);
const unknown = given.find((name) => name !== 'all' && !(name in COMMANDS));
if (unknown !== undefined) {
  console.error(`no suite "${unknown}"; there are ${[...Object.keys(COMMANDS), 'all'].join(', ')}`);
  process.exit(2);
}
const all = Object.keys(COMMANDS).filter((name) => !COMMANDS[name]?.alone);
for (const name of given.length === 0 || given.includes('all') ? all : given) {
  await COMMANDS[name]?.run();
}
