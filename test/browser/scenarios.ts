/** What is the same in Node and in a page, given the package: every result is a list of hashes. */
import type { Simulation, SimulationConfig, simulate } from '../../src/index.js';

export interface Package {
  Simulation: typeof Simulation;
  simulate: typeof simulate;
}

/** State hashes of runs from start to end. */
export async function hashes(
  { simulate }: Package,
  configs: SimulationConfig[],
  options: { thread?: 'auto' | 'here' } = {},
): Promise<string[]> {
  const found: string[] = [];
  for (const config of configs) found.push((await simulate(config, options)).stateHash);
  return found;
}

/** A run that is steered: by λ, by m, by a family, by an expression; and the run of the configuration that it ends in. */
export async function steered(
  { Simulation, simulate }: Package,
  config: SimulationConfig,
): Promise<string[]> {
  const simulation = await Simulation.create(config);
  simulation.step(1000);
  await simulation.update({ arrivalRate: 1.1, cost: { h: { family: 'power', b: 0.01, q: 2 } } });
  simulation.runUntil(config.horizon / 2);
  await simulation.update({ inverseStepSize: 30, cost: { h: '0.1 * x^2.5', g: '1/x + exp(-x)' } });
  simulation.step(3000);
  await simulation.update({ arrivalRate: 0.4 });
  simulation.runUntil();
  const repeated = await simulate(JSON.parse(JSON.stringify(simulation.config)));
  return [simulation.stateHash(), repeated.stateHash];
}

/** A checkpoint half-way, after a change by hand, as text. */
export async function saved({ Simulation }: Package, config: SimulationConfig): Promise<string> {
  const simulation = await Simulation.create(config);
  simulation.runUntil(config.horizon / 4);
  await simulation.update({ cost: { h: '0.05 * x^2.5' } });
  simulation.step(500);
  const bytes = await simulation.checkpoint();
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Where it leads. */
export async function resumed({ Simulation }: Package, checkpoint: string): Promise<string> {
  const bytes = Uint8Array.from(atob(checkpoint), (character) => character.charCodeAt(0));
  const simulation = await Simulation.restore(bytes);
  simulation.runUntil();
  return simulation.stateHash();
}
