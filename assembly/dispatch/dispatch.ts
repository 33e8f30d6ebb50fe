/** The task is dropped. */
export const NOWHERE: u32 = 0xffffffff;

/**
 * Where an arriving task goes.
 *
 * A block draws a slot for each arrival ahead, so that the record there is loaded and its rate solved with the others. A
 * policy that chooses uniformly can let the draw be its choice; any other one chooses when the arrival is committed, and may
 * foresee that.
 */
@unmanaged
export abstract class Dispatch {
  /** Readies what the policy keeps beside the records, or their order within full | room left | idle, at t = 0. */
  abstract prepare(state: usize): void;

  /**
   * An arrival's slot is drawn uniformly from that many at the idle end of the records. The block ends when more servers are
   * idle. `busy` servers are busy, and `slack` more may become idle within the block.
   */
  abstract reach(state: usize, busy: u32, slack: u32): u32;

  /** Whether a drawn slot that holds an idle server is the choice. */
  abstract keepsIdleDraw(state: usize): bool;

  /** Whether `foresee` is to be asked. */
  abstract foresees(state: usize): bool;

  /**
   * The slot that the arrival after `k` others would go to, if nothing else happened before; whether that comes true is
   * checked. `drawn` is the slot that was drawn, and `i` the address of the lane's u32 fields.
   */
  abstract foresee(state: usize, k: u32, drawn: u32, i: usize): u32;

  /**
   * The slot of the chosen server, idle or with room, or NOWHERE; `drawn` is the slot that was drawn or foreseen, slots below
   * `busy` are those of busy servers, and `i` is as above.
   */
  abstract choose(state: usize, drawn: u32, busy: u32, i: usize): u32;

  /** The server in `record` has come there. */
  abstract placed(state: usize, record: usize): void;

  /** The busy server in `record` has one task more or less, and room as before. The policy may move it on. */
  abstract queueChanged(state: usize, record: usize): void;

  /** Server `id` has become idle. */
  abstract idled(state: usize, id: u32): void;
}
