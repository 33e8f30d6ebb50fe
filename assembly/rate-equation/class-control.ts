import {
  CLASS_BYTES,
  CLASS_COUNT,
  CLASS_TABLE,
  CLASSES,
  DRIFT,
  DRIFT_FROZEN,
  LANE_ID,
  LANE_RATE,
  LANE_RATE0,
} from '../../src/engine/layout';
import { classOf, hasClasses } from '../classes';
import { the } from '../policy';
import { advanceByTable, tabulatedPower } from './cost-table';
import { IdleSignalControl, ROUNDING } from './idle-signal-control';
import { RateEquation } from './rate-equation';
import { advanceTabulatedPair } from './tabulated-cost';

/** The paper's control with a cost for each class of servers, all of them tabulated; of a single class the very same. */
@final
@unmanaged
export class ClassControl extends RateEquation {
  prepare(state: usize): void {
    the<IdleSignalControl>().prepare(state);
  }

  advance(state: usize, id: u32, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
    if (!hasClasses(state)) {
      return the<IdleSignalControl>().advance(state, id, rate, signal, slope, dt);
    }
    if (load<u32>(state, DRIFT) == DRIFT_FROZEN || dt <= 0) return rate;
    return advanceByTable(state, tableOf(state, id), rate, signal, slope, dt);
  }

  advanceLanes(state: usize, lanes: usize, count: u32): void {
    if (!hasClasses(state)) {
      the<IdleSignalControl>().advanceLanes(state, lanes, count);
      return;
    }
    const frozen = load<u32>(state, DRIFT) == DRIFT_FROZEN;
    for (let k: usize = 0; k < <usize>count; k += 2) {
      const p = lanes + (k << 3);
      const i = lanes + (k << 2);
      if (frozen) {
        v128.store(p, v128.load(p, LANE_RATE0), LANE_RATE);
      } else {
        const table = tableOf(state, load<u32>(i, LANE_ID));
        advanceTabulatedPair(state, p, table, tableOf(state, load<u32>(i, LANE_ID + 4)));
      }
    }
  }

  power(state: usize, lane: usize, i: usize): f64 {
    if (!hasClasses(state)) return the<IdleSignalControl>().power(state, lane, i);
    return tabulatedPower(tableOf(state, load<u32>(i, LANE_ID)), load<f64>(lane, LANE_RATE));
  }

  powerIsQuadratic(state: usize): bool {
    return !hasClasses(state) && the<IdleSignalControl>().powerIsQuadratic(state);
  }

  get dependsOnServer(): bool {
    return true;
  }

  /** As for a single class; of several the largest, each from the largest rate of all. */
  bound(state: usize, largest: f64, dt: f64): f64 {
    if (!hasClasses(state)) return the<IdleSignalControl>().bound(state, largest, dt);
    if (load<u32>(state, DRIFT) == DRIFT_FROZEN) return largest * ROUNDING;
    let bound = largest;
    const first: usize = load<u32>(state, CLASSES);
    const end = first + <usize>load<u32>(state, CLASS_COUNT) * CLASS_BYTES;
    for (let own = first; own < end; own += CLASS_BYTES) {
      bound = max(bound, advanceByTable(state, load<u32>(own, CLASS_TABLE), largest, 0, 0, dt));
    }
    return bound * ROUNDING;
  }
}

function tableOf(state: usize, id: u32): usize {
  return load<u32>(classOf(state, id), CLASS_TABLE);
}
