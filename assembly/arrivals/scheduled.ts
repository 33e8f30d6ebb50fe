import {
  ARRIVAL_RATE,
  CHANGE_ARRIVAL_RATE,
  CHANGE_BYTES,
  CHANGE_CHANGES_COST,
  CHANGE_G_EXPONENT,
  CHANGE_G_FAMILY,
  CHANGE_G_SCALE,
  CHANGE_H_EXPONENT,
  CHANGE_H_SCALE,
  CHANGE_INVERSE_STEP_SIZE,
  CHANGE_RATES,
  CHANGE_SETS_RATES,
  CHANGE_TABLE,
  CHANGE_TIME,
  CHANGES,
  COST_TABLE,
  CYCLE,
  G_EXPONENT,
  G_FAMILY,
  G_SCALE,
  H_EXPONENT,
  H_SCALE,
  INVERSE_STEP_SIZE,
  NEXT_CHANGE,
  PERIOD,
  RATE,
  SCHEDULE,
  SERVERS,
} from '../../src/engine/layout';
import { the } from '../policy';
import { recordOf } from '../records';
import { Arrivals } from './arrivals';
import { PoissonArrivals } from './poisson';

/** A Poisson process whose rate, with m, the cost and the servers' rates, changes by a schedule, which may repeat. */
@final
@unmanaged
export class ScheduledArrivals extends Arrivals {
  rate(state: usize): f64 {
    return the<PoissonArrivals>().rate(state);
  }

  get areThinned(): bool {
    return false;
  }

  nextChange(state: usize): f64 {
    if (load<u32>(state, NEXT_CHANGE) == load<u32>(state, CHANGES)) return Infinity;
    return (
      load<f64>(state, CYCLE) * load<f64>(state, PERIOD) + load<f64>(nextOf(state), CHANGE_TIME)
    );
  }

  change(state: usize): void {
    const change = nextOf(state);
    const arrivalRate = load<f64>(change, CHANGE_ARRIVAL_RATE);
    if (arrivalRate != 0) store<f64>(state, arrivalRate, ARRIVAL_RATE);
    const m = load<f64>(change, CHANGE_INVERSE_STEP_SIZE);
    if (m != 0) store<f64>(state, m, INVERSE_STEP_SIZE);
    if (load<u32>(change, CHANGE_CHANGES_COST)) changeCost(state, change);
    if (load<u32>(change, CHANGE_SETS_RATES)) setRates(state, load<f64>(change, CHANGE_RATES));
    const next = load<u32>(state, NEXT_CHANGE) + 1;
    if (next == load<u32>(state, CHANGES) && load<f64>(state, PERIOD) > 0) {
      store<u32>(state, 0, NEXT_CHANGE);
      store<f64>(state, load<f64>(state, CYCLE) + 1, CYCLE);
    } else {
      store<u32>(state, next, NEXT_CHANGE);
    }
  }
}

function nextOf(state: usize): usize {
  return <usize>load<u32>(state, SCHEDULE) + <usize>load<u32>(state, NEXT_CHANGE) * CHANGE_BYTES;
}

function changeCost(state: usize, change: usize): void {
  store<f64>(state, load<f64>(change, CHANGE_G_SCALE), G_SCALE);
  store<f64>(state, load<f64>(change, CHANGE_G_EXPONENT), G_EXPONENT);
  store<f64>(state, load<f64>(change, CHANGE_H_SCALE), H_SCALE);
  store<f64>(state, load<f64>(change, CHANGE_H_EXPONENT), H_EXPONENT);
  store<u32>(state, load<u32>(change, CHANGE_G_FAMILY), G_FAMILY);
  store<u32>(state, load<u32>(change, CHANGE_TABLE), COST_TABLE);
}

function setRates(state: usize, rate: f64): void {
  const n = load<u32>(state, SERVERS);
  for (let slot: u32 = 0; slot < n; slot++) store<f64>(recordOf(state, slot), rate, RATE);
}
