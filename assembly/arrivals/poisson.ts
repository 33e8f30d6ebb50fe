import { ARRIVAL_RATE, SERVERS } from '../../src/engine/layout';
import { Arrivals } from './arrivals';

/** A Poisson process of rate λn. */
@final
@unmanaged
export class PoissonArrivals extends Arrivals {
  rate(state: usize): f64 {
    const n = load<u32>(state, SERVERS);
    return load<f64>(state, ARRIVAL_RATE) * <f64>n;
  }

  get areThinned(): bool {
    return false;
  }

  nextChange(state: usize): f64 {
    return Infinity;
  }

  change(state: usize): void {}
}
