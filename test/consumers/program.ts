/** What a consumer's project does with the package: every chunk that is loaded on demand, and a run long enough for a thread. */
import { type SimulationConfig, simulate } from '../../src/index.js';

const long: SimulationConfig = {
  servers: 50,
  arrivalRate: 0.8,
  inverseStepSize: 100,
  horizon: 20_000,
  warmup: 5000,
};
const short = { ...long, horizon: 200, warmup: 50 };

const CONFIGS: SimulationConfig[] = [
  long,
  { ...short, dispatch: 'random' }, // the second kernel
  { ...short, cost: { g: '1/x + exp(-x)' } }, // the elementary functions
];

/** A module that puts the states it reaches, and a fixed point, into `show(text)`. */
export const program = (show: string) => `
import { simulate } from 'ratescale';
import { replicate } from 'ratescale/studies';
import { fixedPoint } from 'ratescale/theory';
import { costFunctions, PAPER_COST } from 'ratescale';

async function main() {
  const found = [];
  for (const config of ${JSON.stringify(CONFIGS)}) found.push((await simulate(config)).stateHash);
  const { replications } = await replicate(${JSON.stringify(short)}, { replications: 2 });
  for (const { stateHash } of replications) found.push(stateHash);
  found.push(fixedPoint(costFunctions(PAPER_COST), 0.8, 10).rate.toFixed(8));
  ${show}(found.join(' '));
}
main().catch((error) => ${show}(String(error)));
`;

/** The same for `require`. */
export const required = (show: string) =>
  program(show).replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = require($2);');

/** What the program must show: as many states, computed from the sources. */
export async function expected(): Promise<string> {
  const { replicate } = await import('../../src/studies/index.js');
  const found: string[] = [];
  for (const config of CONFIGS) found.push((await simulate(config)).stateHash);
  const { replications } = await replicate(short, { replications: 2 });
  return [...found, ...replications.map(({ stateHash }) => stateHash), '1.56614895'].join(' ');
}
