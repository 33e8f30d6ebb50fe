/** Bytes from elsewhere: a checkpoint that was damaged on its way is refused by a CheckpointError, wherever the damage is. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { CheckpointError, Simulation } from '../../src/index.js';

let bytes: Uint8Array;
let end: string;

beforeAll(async () => {
  const system = { servers: 3, arrivalRate: 0.8, inverseStepSize: 50, horizon: 100 };
  const simulation = await Simulation.create({ ...system, record: { interval: 20 } });
  simulation.runUntil(40);
  bytes = await simulation.checkpoint();
  simulation.runUntil();
  end = simulation.stateHash();
});

async function refused(given: Uint8Array): Promise<void> {
  await expect(Simulation.restore(given)).rejects.toThrow(CheckpointError);
}

it('with some bytes changed, moved, taken out or put in', async () => {
  const at = fc.nat(bytes.length - 1);
  const edits = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('change' as const), at, to: fc.integer({ min: 1, max: 255 }) }),
      fc.record({
        kind: fc.constant('take out' as const),
        at,
        to: fc.integer({ min: 1, max: 64 }),
      }),
      fc.record({ kind: fc.constant('put in' as const), at, to: fc.nat(255) }),
      fc.record({ kind: fc.constant('swap' as const), at, to: at }),
    ),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(edits, async (list) => {
      const edited = Array.from(bytes);
      for (const { kind, at, to } of list) {
        if (kind === 'change') edited[at] = ((edited[at] ?? 0) + to) % 256;
        else if (kind === 'take out') edited.splice(at, to);
        else if (kind === 'put in') edited.splice(at, 0, to);
        else [edited[at], edited[to]] = [edited[to] ?? 0, edited[at] ?? 0];
      }
      const given = Uint8Array.from(edited);
      const same = given.length === bytes.length && given.every((byte, i) => byte === bytes[i]);
      if (!same) await refused(given);
    }),
    { numRuns: 200, seed: 41 },
  );
});

it('cut off anywhere, or with something behind it', async () => {
  for (let length = 0; length < bytes.length; length += length < 800 ? 1 : 97) {
    await refused(bytes.slice(0, length));
  }
  await refused(Uint8Array.from([...bytes, 0]));
});

it('of any bytes, with the magic words in front or without', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(40), async (noise, kept) => {
      await refused(noise);
      await refused(Uint8Array.from([...bytes.subarray(0, kept), ...noise]));
    }),
    { numRuns: 300, seed: 42 },
  );
});

it('but not one within a larger buffer, from which it is copied', async () => {
  const larger = new Uint8Array(bytes.length + 13);
  larger.set(bytes, 5);
  const simulation = await Simulation.restore(larger.subarray(5, 5 + bytes.length));
  larger.fill(0);
  simulation.runUntil();
  expect(simulation.stateHash()).toBe(end);
});
