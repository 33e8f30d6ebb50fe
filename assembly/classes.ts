/** Classes of servers: groups with their own cost. Servers of a class have consecutive ids. */
import { CLASS_BYTES, CLASS_COUNT, CLASS_OF, CLASSES } from '../src/engine/layout';

/** Whether there are several. */
export function hasClasses(state: usize): bool {
  return load<u32>(state, CLASS_COUNT) > 1;
}

/** The class of server `id`, of several. */
export function classOf(state: usize, id: u32): usize {
  const index = load<u8>(<usize>load<u32>(state, CLASS_OF) + id);
  return <usize>load<u32>(state, CLASSES) + <usize>index * CLASS_BYTES;
}
