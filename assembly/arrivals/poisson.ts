import { ARRIVAL_RATE, SERVERS } from '../../src/engine/layout';
import { Arrivals } from './arrivals';

/** A Poisson process of rate λn. */
@final
@unmanaged
export class PoissonArrivals extends Arrivals {
  rate(state: usize): f64 {
    return load<f64>(state, ARRIVAL_RATE) * <f64>load<u32>(state, SERVERS);
  }

  nextChange(state: usize): f64 {
    return Infinity;
  }

  change(state: usize): void {}
}
