/**
 * The program of a thread, bundled into one text (scripts/build.mjs). It knows nothing of configurations: it
 * runs the kernel on a memory that the host has laid out. With shared memory the host watches and cancels
 * through that memory; without, through messages, for which this thread looks up between two slices.
 */

import type { Kernel } from '../engine/kernel.js';
import {
  ARRIVALS,
  BLOCK_SIZE,
  CANCEL,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  HISTOGRAM_PAGE_BYTES,
  HISTOGRAM_PAGES_TAKEN,
  HISTOGRAM_POOL,
  LIVE_EVENTS,
  LIVE_SEQUENCE,
  LIVE_TIME,
  ROW,
  RUN_BUDGET,
  STARTED,
  TEAM,
  TEAM_OPEN,
  TEAM_SLEEPING,
  TEAM_TASK,
} from '../engine/layout.js';
import { yieldToEventLoop } from '../platform/browser.js';
import type { Column, FromThread, Piece, ToThread } from './protocol.js';

/** Milliseconds between two looks at what the host wants, and between two reports of a memory of our own. */
const SLICE = 5;
const REPORT = 50;
/** Milliseconds after which a thread that sleeps looks whether it is needed, should it have missed that it was called. */
const NAP = 50;
const MOST_PAGES = 65536;

interface Seat {
  module: WebAssembly.Module;
  shared: boolean;
  memory: WebAssembly.Memory;
  kernel: Kernel;
}

const seats = new Map<number, Seat>();
let cancelled = false;

const post = (message: FromThread, transfer: Transferable[] = []) =>
  (postMessage as (message: FromThread, transfer: Transferable[]) => void)(message, transfer);

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const abort = () => {
    throw new Error('the kernel aborted');
  };
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  (instance.exports._start as () => void)();
  return instance.exports as unknown as Kernel;
}

function adopt(key: number, module: WebAssembly.Module, shared: WebAssembly.Memory | null): void {
  const memory =
    shared ?? new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  seats.set(key, { module, memory, shared: shared !== null, kernel: instantiate(module, memory) });
}

function load(seat: Seat, state: number, end: number, pages: number, pieces: Piece[]): void {
  const missing = pages - seat.memory.buffer.byteLength / 65536;
  if (missing > 0) seat.memory.grow(missing);
  const bytes = new Uint8Array(seat.memory.buffer);
  bytes.fill(0, state, end);
  for (const piece of pieces) bytes.set(piece.bytes, piece.address);
}

/** Tells readers of the shared memory how far we are; LIVE_SEQUENCE is odd meanwhile. */
function publish(words: Int32Array, view: DataView, state: number): void {
  const at = (offset: number) => (state + offset) >> 2;
  const pair = new DataView(new ArrayBuffer(8));
  const put = (offset: number) => {
    Atomics.store(words, at(offset), pair.getInt32(0, true));
    Atomics.store(words, at(offset) + 1, pair.getInt32(4, true));
  };
  const count = (offset: number) => view.getBigUint64(state + offset, true);
  Atomics.add(words, at(LIVE_SEQUENCE), 1);
  pair.setFloat64(
    0,
    view.getFloat64(state + EPOCH_START, true) + view.getFloat64(state + CLOCK, true),
    true,
  );
  put(LIVE_TIME);
  pair.setBigUint64(0, count(ARRIVALS) - count(DROPPED) + count(DEPARTURES), true);
  put(LIVE_EVENTS);
  Atomics.add(words, at(LIVE_SEQUENCE), 1);
}

/** Copies of the plan up to `head`, of the histograms' pages in use, and of the rows from `from` on. */
function mirror(seat: Seat, state: number, head: number, columns: Column[], from: number): Piece[] {
  const { buffer } = seat.memory;
  const copy = (address: number, length: number) => ({
    address,
    bytes: new Uint8Array(new Uint8Array(buffer, address, length)),
  });
  const view = new DataView(buffer, state);
  const rows = view.getUint32(ROW, true) - from;
  const pool = view.getUint32(HISTOGRAM_POOL, true);
  const taken = view.getUint32(HISTOGRAM_PAGES_TAKEN, true);
  const pieces = [copy(state, head - state), copy(pool, taken * HISTOGRAM_PAGE_BYTES)];
  if (rows > 0) {
    for (const { address, width } of columns)
      pieces.push(copy(address + width * from, width * rows));
  }
  return pieces;
}

const buffersOf = (pieces: Piece[]) => pieces.map(({ bytes }) => bytes.buffer as ArrayBuffer);

async function leg({
  key,
  state,
  until,
  head,
  servers,
  columns,
  hash,
}: ToThread & { type: 'leg' }): Promise<void> {
  cancelled = false; // a cancellation follows the leg that it is about
  const seat = seats.get(key) as Seat;
  const { kernel, memory } = seat;
  const view = new DataView(memory.buffer);
  const words = new Int32Array(memory.buffer);
  const stop = () => (seat.shared ? Atomics.load(words, (state + CANCEL) >> 2) === 1 : cancelled);
  let seconds = 0;
  let row = view.getUint32(state + ROW, true);
  let reported = performance.now();
  let candidates = 10_000;
  let code = RUN_BUDGET;
  if (view.getUint32(state + STARTED, true) === 0) kernel.initialise(state);
  while (code === RUN_BUDGET && !stop()) {
    const blocks = Math.ceil(candidates / view.getUint32(state + BLOCK_SIZE, true));
    const began = performance.now();
    code = kernel.run(state, until, blocks);
    const now = performance.now();
    seconds += (now - began) / 1000;
    candidates = Math.min(
      1e6,
      Math.max(64, candidates * Math.min(2, Math.max(0.5, SLICE / (now - began)))),
    );
    if (seat.shared) {
      publish(words, view, state);
    } else {
      if (now - reported > REPORT && code === RUN_BUDGET) {
        const pieces = mirror(seat, state, head, columns, row);
        row = view.getUint32(state + ROW, true);
        reported = now;
        post({ type: 'mirror', pieces }, buffersOf(pieces));
      }
      await yieldToEventLoop(); // messages that wait are handled
    }
  }
  kernel.summarise(state);
  const value = hash || code === RUN_BUDGET ? kernel.hashState(state) : null;
  kernel.dismiss?.(state);
  const pieces = seat.shared ? [] : mirror(seat, state, servers, columns, row);
  post({ type: 'done', code, seconds, hash: value, pieces }, buffersOf(pieces));
}

/** Helps until there is nothing to help with; sleeps where there is nothing for the moment. */
function assist({ memory, kernel }: Seat, state: number, member: number): void {
  const words = new Int32Array(memory.buffer);
  const team = new DataView(memory.buffer).getUint32(state + TEAM, true) >> 2;
  let seen = Atomics.load(words, team + (TEAM_TASK >> 2));
  // the door is shut before threads are sent away: who finds it open will see that
  if (Atomics.load(words, team + (TEAM_OPEN >> 2)) === 0) return;
  while (seen >= 0) {
    seen = kernel.assist?.(state, member, seen) ?? -1;
    if (seen < 0) return;
    Atomics.add(words, team + (TEAM_SLEEPING >> 2), 1);
    Atomics.wait(words, team + (TEAM_TASK >> 2), seen, NAP);
    Atomics.sub(words, team + (TEAM_SLEEPING >> 2), 1);
  }
}

async function handle(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'adopt':
      return adopt(message.key, message.module, message.memory);
    case 'load':
      return load(
        seats.get(message.key) as Seat,
        message.state,
        message.end,
        message.pages,
        message.pieces,
      );
    case 'leg':
      return leg(message);
    case 'assist':
      assist(seats.get(message.key) as Seat, message.state, message.member);
      return post({ type: 'dismissed' });
    case 'cancel':
      cancelled = true;
      return;
    case 'forget':
      seats.delete(message.key);
  }
}

globalThis.onmessage = ({ data }: MessageEvent<ToThread>) => {
  handle(data).catch((error) => post({ type: 'failed', message: String(error) }));
};
post({ type: 'ready' });
