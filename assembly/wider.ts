/** The exports of the wider kernel: the same, with other policies. */
export { hashBytes } from './hash';
export { summarise } from './observe/observe';
export { nextExponential } from './random/exponential';
export { fillBits, nextBits } from './random/random';
export { clear, heapBase, signalOf } from './system';
export {
  advanceRate,
  changeParameters,
  hashState,
  initialise,
  rateOf,
  run,
  settle,
} from './wider-policies';
