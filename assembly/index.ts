/**
 * The exports of the paper's kernel. Every call is handed the address of the state block; the module itself keeps
 * nothing between calls.
 */
export { hashBytes } from './hash';
export { summarise } from './observe/observe';
export {
  advanceRate,
  changeParameters,
  hashState,
  initialise,
  rateOf,
  run,
  settle,
} from './policies';
export { nextExponential } from './random/exponential';
export { fillBits, nextBits } from './random/random';
export { clear, heapBase, signalOf } from './system';
