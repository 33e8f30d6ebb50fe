/**
 * The paper's control, equation (2.2):
 *
 *     dμ/dt = −[φ(μ) + ψ(μ) I(t)] / m,   φ(μ) = g'(μ) + h'(μ)/μ,   ψ(μ) = h'(μ),   I(t) = I₀ + s t,
 *
 * with slope s = 1 while the server is idle and 0 while it is busy. For the paper's cost it is solved by a short power series
 * (six-coefficients.ts), for any cost family by an adaptive one (taylor.ts), for other costs by a table (cost-table.ts).
 */
import {
  ARRIVAL_RATE,
  COST_TABLE,
  DRIFT,
  DRIFT_FROZEN,
  DRIFT_G,
  DRIFT_GENERAL,
  DRIFT_H,
  DRIFT_INVERSE_QUADRATIC,
  DRIFT_TABLE,
  EPOCH_LENGTH,
  G_EXPONENT,
  G_FAMILY,
  G_POWER,
  G_SCALE,
  H_EXPONENT,
  H_SCALE,
  INVERSE_STEP_SIZE,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  MAX_BLOCK,
  OBSERVATION_LANES,
  SERVERS,
  TAYLOR_ALPHA,
  TAYLOR_BETA,
  TAYLOR_RHO,
} from '../../src/engine/layout';
import { tabulatedPower } from './cost-table';
import { advanceLane, advanceOne } from './one-server';
import { RateEquation } from './rate-equation';
import { advanceInverseQuadratic } from './six-coefficients';
import { advanceTabulatedPair } from './tabulated-cost';

/** Slack for the rounding of two solutions that should not cross. */
export const ROUNDING: f64 = 1 + 1e-9;

@final
@unmanaged
export class IdleSignalControl extends RateEquation {
  prepare(state: usize): void {
    const m = load<f64>(state, INVERSE_STEP_SIZE);
    const a = load<f64>(state, G_SCALE);
    const p = load<f64>(state, G_EXPONENT);
    const b = load<f64>(state, H_SCALE);
    const q = load<f64>(state, H_EXPONENT);
    const power = load<u32>(state, G_FAMILY) == G_POWER;
    // u = μ^ρ removes the singularity of μ^{−p−1} at 0; α and β are the exponents of u in (2.2)
    const rho = power ? p + 2 : 1;
    store<f64>(state, rho, TAYLOR_RHO);
    store<f64>(state, power ? (p + q - 1) / rho : q - 2, TAYLOR_ALPHA);
    store<f64>(state, power ? (p + q) / rho : q - 1, TAYLOR_BETA);
    if (m == Infinity) {
      store<u32>(state, DRIFT_FROZEN, DRIFT);
    } else if (load<u32>(state, COST_TABLE) != 0) {
      store<u32>(state, DRIFT_TABLE, DRIFT);
    } else {
      const paper = power && p == 1 && q == 2;
      store<u32>(state, paper ? DRIFT_INVERSE_QUADRATIC : DRIFT_GENERAL, DRIFT);
    }
    store<f64>(state, (a * p) / m, DRIFT_G);
    store<f64>(state, (b * q) / m, DRIFT_H);
    // About ten candidates per server, at least 512 in all: the O(n) renewal costs little beside them.
    // A power of two, so that epochs begin at exactly representable times.
    const lambda = load<f64>(state, ARRIVAL_RATE);
    const target = max(8 / lambda, 256 / (lambda * <f64>load<u32>(state, SERVERS)));
    let length: f64 = 1;
    while (length < target) length *= 2;
    while (length * 0.5 >= target) length *= 0.5;
    store<f64>(state, length, EPOCH_LENGTH);
  }

  advance(state: usize, id: u32, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
    const drift = load<u32>(state, DRIFT);
    if (drift == DRIFT_FROZEN || drift == DRIFT_GENERAL) {
      return advanceOne(state, rate, signal, slope, dt);
    }
    // one server, in lanes behind those of a sweep
    const p = <usize>load<u32>(state, OBSERVATION_LANES) + (MAX_BLOCK << 3);
    v128.store(p, f64x2.splat(dt), LANE_TIME);
    v128.store(p, f64x2.splat(rate), LANE_RATE0);
    v128.store(p, f64x2.splat(0), LANE_SINCE);
    v128.store(p, f64x2.splat(signal), LANE_SIGNAL);
    v128.store(p, f64x2.splat(slope), LANE_SLOPE);
    this.advanceLanes(state, p, 2);
    return load<f64>(p, LANE_RATE);
  }

  advanceLanes(state: usize, lanes: usize, count: u32): void {
    assert(count <= <u32>MAX_BLOCK);
    const end = lanes + ((<usize>count) << 3);
    const drift = load<u32>(state, DRIFT);
    if (drift == DRIFT_FROZEN) {
      for (let p = lanes; p < end; p += 16) v128.store(p, v128.load(p, LANE_RATE0), LANE_RATE);
      return;
    }
    if (drift == DRIFT_TABLE) {
      const table: usize = load<u32>(state, COST_TABLE);
      for (let p = lanes; p < end; p += 16) advanceTabulatedPair(state, p, table, table);
      return;
    }
    if (drift == DRIFT_GENERAL) {
      for (let p = lanes; p < end; p += 8) advanceLane(state, p);
      return;
    }
    advanceInverseQuadratic(state, lanes, end);
  }

  power(state: usize, lane: usize, i: usize): f64 {
    const rate = load<f64>(lane, LANE_RATE);
    const table: usize = load<u32>(state, COST_TABLE);
    if (table != 0) return tabulatedPower(table, rate);
    return load<f64>(state, H_SCALE) * Math.pow(rate, load<f64>(state, H_EXPONENT));
  }

  powerIsQuadratic(state: usize): bool {
    return load<f64>(state, H_EXPONENT) == 2 && load<u32>(state, COST_TABLE) == 0;
  }

  get dependsOnServer(): bool {
    return false;
  }

  /**
   * I ≥ 0 and ψ ≥ 0, so no rate grows faster than the solution of μ' = −φ(μ)/m, and solutions of a scalar equation do
   * not cross: started from the largest rate, that solution bounds every rate; it is monotone, so its larger end
   * bounds it throughout.
   */
  bound(state: usize, largest: f64, dt: f64): f64 {
    return max(largest, this.advance(state, 0, largest, 0, 0, dt)) * ROUNDING;
  }
}
