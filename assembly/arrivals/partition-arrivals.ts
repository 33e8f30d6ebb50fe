import { ARRIVAL_RATE, IDLE_CAP, IDLE_FLOOR, SERVERS, WHOLE } from '../../src/engine/layout';
import { Arrivals } from './arrivals';

/** Candidates for arrivals at the idle servers of a partition (partitions/thinning.ts). */
@final
@unmanaged
export class PartitionArrivals extends Arrivals {
  rate(state: usize): f64 {
    const whole: usize = load<u32>(state, WHOLE);
    const arrivals = load<f64>(whole, ARRIVAL_RATE) * <f64>load<u32>(whole, SERVERS);
    return (arrivals / load<f64>(whole, IDLE_FLOOR)) * <f64>load<u32>(state, IDLE_CAP);
  }

  get areThinned(): bool {
    return true;
  }

  nextChange(state: usize): f64 {
    return Infinity;
  }

  change(state: usize): void {}
}
