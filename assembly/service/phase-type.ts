import {
  FASTEST_PHASE,
  JUMP_BYTES,
  JUMP_END,
  JUMP_LEVEL,
  JUMP_TO,
  LANE_ID,
  LANE_TOUCHED,
  WORK,
  WORK_BYTES,
  WORK_HAZARD,
  WORK_JUMP_COUNT,
  WORK_JUMPS,
  WORK_PHASE_OF,
  WORK_PHASES,
} from '../../src/engine/layout';
import { nextBits, toUnit } from '../random/random';
import { Service } from './service';

/** Work of any phase type: the phase of each server's task is a byte. Without phases it is exponential of mean 1. */
@final
@unmanaged
export class PhaseTypeWork extends Service {
  touch(state: usize, lanes: usize, count: u32): void {
    if (load<u32>(state, WORK_PHASES) == 0) return;
    for (let i = lanes; i < lanes + (count << 2); i += 4) {
      store<u32>(i, load<u8>(phaseAddress(state, load<u32>(i, LANE_ID))), LANE_TOUCHED);
    }
  }

  begin(state: usize, id: u32): void {
    const phases = load<u32>(state, WORK_PHASES);
    if (phases == 0) return;
    store<u8>(phaseAddress(state, id), <u8>jumpFrom(state, phases));
  }

  hazard(state: usize, id: u32, rate: f64): f64 {
    if (load<u32>(state, WORK_PHASES) == 0) return rate;
    return rate * load<f64>(phaseAt(state, load<u8>(phaseAddress(state, id))), WORK_HAZARD);
  }

  largestHazard(state: usize, bound: f64): f64 {
    return load<u32>(state, WORK_PHASES) == 0 ? bound : bound * load<f64>(state, FASTEST_PHASE);
  }

  completes(state: usize, id: u32): bool {
    if (load<u32>(state, WORK_PHASES) == 0) return true;
    const address = phaseAddress(state, id);
    const next = jumpFrom(state, load<u8>(address));
    if (next == JUMP_END) return true;
    store<u8>(address, <u8>next);
    return false;
  }
}

function phaseAddress(state: usize, id: u32): usize {
  return <usize>load<u32>(state, WORK_PHASE_OF) + id;
}

function phaseAt(state: usize, phase: u32): usize {
  return <usize>load<u32>(state, WORK) + <usize>phase * WORK_BYTES;
}

/** Where phase `phase` leads; that of number WORK_PHASES to where the work begins. Random only if there is a choice. */
function jumpFrom(state: usize, phase: u32): u32 {
  const from = phaseAt(state, phase);
  let jump = <usize>load<u32>(state, WORK) + <usize>load<u32>(from, WORK_JUMPS);
  const last = jump + <usize>(load<u32>(from, WORK_JUMP_COUNT) - 1) * JUMP_BYTES;
  if (jump < last) {
    const level = toUnit(nextBits(state));
    while (jump < last && level >= load<f64>(jump, JUMP_LEVEL)) jump += JUMP_BYTES;
  }
  return load<u32>(jump, JUMP_TO);
}
