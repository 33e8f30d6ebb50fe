/** Where the record of each server is: for rules that choose a server by its id. */
import { ID, RECORDS, SERVERS, SLOTS } from '../../src/engine/layout';
import { recordOf } from '../records';

export function findSlots(state: usize): void {
  const n = load<u32>(state, SERVERS);
  for (let slot: u32 = 0; slot < n; slot++) noteSlot(state, recordOf(state, slot));
}

export function noteSlot(state: usize, record: usize): void {
  store<u32>(
    address(state, load<u32>(record, ID)),
    <u32>((record - load<u32>(state, RECORDS)) >> 5),
  );
}

export function slotOf(state: usize, id: u32): u32 {
  return load<u32>(address(state, id));
}

function address(state: usize, id: u32): usize {
  return <usize>load<u32>(state, SLOTS) + ((<usize>id) << 2);
}
