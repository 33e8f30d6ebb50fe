/**
 * Tagged tasks: every so many accepted arrivals one is followed until it leaves, which gives the law of
 * the sojourn time, not only its mean. Servers serve in order of arrival, so a task leaves when those
 * ahead of it at its server have left. Each server has a list of the tags of its tasks. Observation only.
 */
import {
  EPOCH_START,
  SERVERS,
  TAG_AHEAD,
  TAG_ARRIVAL,
  TAG_BYTES,
  TAG_COUNTDOWN,
  TAG_LEFT,
  TAG_LISTS,
  TAG_NEXT,
  TAG_ROOM,
  TAG_SOJOURN,
  TAG_SPACING,
  TAGS,
  TAGS_USED,
  WARM,
} from '../../src/engine/layout';

/** The type argument that compiles tagging into the event loop. */
export class Tagging {}

/** A task joins server `id`, behind `ahead` others, at time `t` of the epoch. */
export function tagArrival(state: usize, id: u32, ahead: u32, t: f64): void {
  const used = load<u32>(state, TAGS_USED);
  if (!load<u32>(state, WARM) || used == load<u32>(state, TAG_ROOM)) return;
  const countdown = load<u32>(state, TAG_COUNTDOWN);
  if (countdown > 0) {
    store<u32>(state, countdown - 1, TAG_COUNTDOWN);
    return;
  }
  store<u32>(state, load<u32>(state, TAG_SPACING) - 1, TAG_COUNTDOWN);
  const list = listOf(state, id);
  const tag = tagAt(state, used);
  store<f64>(tag, load<f64>(state, EPOCH_START) + t, TAG_ARRIVAL);
  store<f64>(tag, t, TAG_SOJOURN);
  store<u32>(tag, ahead, TAG_AHEAD);
  store<u32>(tag, load<u32>(list), TAG_NEXT);
  store<u32>(list, used + 1);
  store<u32>(state, used + 1, TAGS_USED);
}

/** The task in service at server `id` leaves at time `t` of the epoch. */
export function tagDeparture(state: usize, id: u32, t: f64): void {
  let link = listOf(state, id);
  while (true) {
    const index = load<u32>(link);
    if (index == 0) return;
    const tag = tagAt(state, index - 1);
    const ahead = load<u32>(tag, TAG_AHEAD);
    if (ahead == 0) {
      store<f64>(tag, t - load<f64>(tag, TAG_SOJOURN), TAG_SOJOURN);
      store<u32>(tag, TAG_LEFT, TAG_AHEAD);
      store<u32>(link, load<u32>(tag, TAG_NEXT));
    } else {
      store<u32>(tag, ahead - 1, TAG_AHEAD);
      link = tag + TAG_NEXT;
    }
  }
}

/**
 * The epoch ends at time `now` and the clock restarts: arrivals of tasks that are still there are counted from the new
 * start on. Absolute times could not give a sojourn: at t = 10¹² they are a ten-thousandth apart.
 */
export function restartTags(state: usize, now: f64): void {
  const n = load<u32>(state, SERVERS);
  for (let id: u32 = 0; id < n; id++) {
    let index = load<u32>(listOf(state, id));
    while (index > 0) {
      const tag = tagAt(state, index - 1);
      store<f64>(tag, load<f64>(tag, TAG_SOJOURN) - now, TAG_SOJOURN);
      index = load<u32>(tag, TAG_NEXT);
    }
  }
}

/** Address of the head of a server's list of tags. */
function listOf(state: usize, id: u32): usize {
  return <usize>load<u32>(state, TAG_LISTS) + ((<usize>id) << 2);
}

function tagAt(state: usize, index: u32): usize {
  return <usize>load<u32>(state, TAGS) + <usize>index * TAG_BYTES;
}
