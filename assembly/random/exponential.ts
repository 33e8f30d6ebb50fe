/**
 * Exponential variates by the ziggurat of Marsaglia and Tsang (2000), 256 layers, exact: the layer
 * comes from bits 0–7 and the abscissa from bits 11–63 of one output (independent bits, as Doornik
 * 2005 asks for), wedges are decided by the density and the tail by its lack of memory.
 */
import { ZIGGURAT } from '../../src/engine/layout';
import { nextBits, toUnit, toUnits } from './random';

const LAYERS = 256;
/** Where the tail begins, and the common area of the layers. */
const TAIL: f64 = 7.69711747013105;
const AREA: f64 = 0.003949659822581557;
/** Byte offset of the ordinates in the table: e^(−x) of each abscissa x. */
const ORDINATES = 2056;

/** Fills the table of abscissae x_0 > x_1 = TAIL > … > x_256 = 0 and their ordinates. */
export function buildZiggurat(state: usize): void {
  const table: usize = load<u32>(state, ZIGGURAT);
  let x = TAIL;
  // Layer 0 is the base strip with the tail: x_0 is the width of the rectangle of equal area.
  store<f64>(table, AREA * Math.exp(TAIL));
  for (let i: usize = 1; i < <usize>LAYERS; i++) {
    store<f64>(table + (i << 3), x);
    store<f64>(table + (i << 3), Math.exp(-x), ORDINATES);
    x = -Math.log(AREA / x + Math.exp(-x));
  }
  store<f64>(table + (LAYERS << 3), 0);
  store<f64>(table + (LAYERS << 3), 1, ORDINATES);
}

/** An Exp(1) variate made from `bits`, and in 2 % of the cases from further outputs. */
function exponentialFrom(state: usize, table: usize, bits: u64): f64 {
  const layer = table + ((<usize>bits & 255) << 3);
  const x = toUnit(bits) * load<f64>(layer);
  return x < load<f64>(layer, 8) ? x : edge(state, table, bits, x);
}

/** Two of them, from two outputs. */
export function exponentialsFrom(state: usize, table: usize, bits: v128): v128 {
  const first = table + ((<usize>i64x2.extract_lane(bits, 0) & 255) << 3);
  const second = table + ((<usize>i64x2.extract_lane(bits, 1) & 255) << 3);
  const width = v128.load64_lane(second, v128.load64_zero(first), 1);
  const inner = v128.load64_lane(second, v128.load64_zero(first, 8), 1, 8);
  const x = f64x2.mul(toUnits(bits), width);
  if (v128.all_true<i64>(f64x2.lt(x, inner))) return x;
  return f64x2(
    exponentialFrom(state, table, i64x2.extract_lane(bits, 0)),
    exponentialFrom(state, table, i64x2.extract_lane(bits, 1)),
  );
}

/** The next Exp(1) variate. */
export function nextExponential(state: usize): f64 {
  return exponentialFrom(state, load<u32>(state, ZIGGURAT), nextBits(state));
}

/** The wedge of a layer, or the tail. */
function edge(state: usize, table: usize, firstBits: u64, firstX: f64): f64 {
  let bits = firstBits;
  let x = firstX;
  let offset: f64 = 0;
  while (true) {
    const layer = table + ((<usize>bits & 255) << 3);
    if (x < load<f64>(layer, 8)) return offset + x;
    if ((bits & 255) == 0) {
      offset += TAIL;
    } else {
      const low = load<f64>(layer, ORDINATES);
      const high = load<f64>(layer, ORDINATES + 8);
      if (low + toUnit(nextBits(state)) * (high - low) < Math.exp(-x)) return offset + x;
    }
    bits = nextBits(state);
    x = toUnit(bits) * load<f64>(table + ((<usize>bits & 255) << 3));
  }
}
