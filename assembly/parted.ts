/**
 * The exports of the kernel for very many servers: the paper's system, under a schedule or not, in partitions that several threads run
 * side by side. Every call is handed the address of the state block of the whole system.
 */
export { hashBytes } from './hash';
export {
  advanceRate,
  changeParameters,
  hashState,
  initialise,
  rateOf,
  run,
  settle,
  signalOf,
} from './parted-policies';
export { summariseAll as summarise } from './partitions/motion';
export { assist, dismiss } from './partitions/team';
export { nextExponential } from './random/exponential';
export { fillBits, nextBits } from './random/random';
export { clear, heapBase } from './system';
