/**
 * A checkpoint whose checksum is right and whose contents lie is refused by a CheckpointError before the kernel sees it.
 */
import { expect, it } from 'vitest';
import { kernelBuild } from '../../src/engine/kernel.js';
import { hasher } from '../../src/engine/scratch.js';
import { CheckpointError, Simulation } from '../../src/index.js';

const MAGIC = 'ratescale checkpoint\n'.length;
const system = { servers: 4, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100 };

interface Header {
  config: Record<string, unknown>;
  [field: string]: unknown;
}

/** A checkpoint with another header or state, sealed anew. */
async function forged(
  change: (header: Header) => unknown,
  edit: (state: Uint8Array) => Uint8Array | undefined = () => undefined,
) {
  const simulation = await Simulation.create(system);
  simulation.runUntil(50);
  const bytes = await simulation.checkpoint();
  const length = new DataView(bytes.buffer).getUint32(MAGIC + 4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.slice(MAGIC + 8, MAGIC + 8 + length)));
  const json = new TextEncoder().encode(JSON.stringify(change(header) ?? header));
  const given = bytes.slice(MAGIC + 8 + length, bytes.length - 8);
  const state = edit(given) ?? given;
  const out = new Uint8Array(MAGIC + 8 + json.length + state.length + 8);
  out.set(bytes.subarray(0, MAGIC + 8));
  const view = new DataView(out.buffer);
  view.setUint32(MAGIC + 4, json.length, true);
  out.set(json, MAGIC + 8);
  out.set(state, MAGIC + 8 + json.length);
  const hash = await hasher(await kernelBuild('release'));
  let sum = 0n;
  const sealed = out.subarray(0, out.length - 8);
  for (let at = 0; at < sealed.length; at += 1 << 20)
    sum = hash(sealed.subarray(at, at + (1 << 20)), sum);
  view.setBigUint64(out.length - 8, sum, true);
  return out;
}

it('is taken when nothing was changed', async () => {
  const simulation = await Simulation.restore(await forged(() => {}));
  expect(simulation.time).toBe(50);
});

it.each<[string, (header: Header) => unknown]>([
  ['no header', () => 0],
  ['a list', () => []],
  ['no configuration', (h) => ({ ...h, config: undefined })],
  [
    'servers that are none',
    (h) => {
      h.config.servers = -1;
    },
  ],
  [
    'fewer servers',
    (h) => {
      h.config.servers = 3;
    },
  ],
  [
    'more servers',
    (h) => {
      h.config.servers = 5;
    },
  ],
  [
    'a word for a number',
    (h) => {
      h.config.servers = 'x';
    },
  ],
  [
    'a horizon in the past',
    (h) => {
      h.config.horizon = 10;
    },
  ],
  [
    'another λ',
    (h) => {
      h.config.arrivalRate = 3;
    },
  ],
  [
    'steering that is no list',
    (h) => {
      h.steering = 'x';
    },
  ],
  [
    'steering out of range',
    (h) => {
      h.steering = [{ time: 1e9, arrivalRate: -5 }];
    },
  ],
  [
    'a time that is none',
    (h) => {
      h.wallSeconds = 'x';
    },
  ],
  [
    'a kernel that is none',
    (h) => {
      h.kernelHash = 5;
    },
  ],
])('its header lies: %s', async (_, change) => {
  await expect(Simulation.restore(await forged(change))).rejects.toThrow(CheckpointError);
});

it.each<[string, (state: Uint8Array) => Uint8Array | undefined]>([
  ['cut', (state) => state.slice(0, -8000)],
  ['nothing', () => new Uint8Array(0)],
  ['longer', (state) => Uint8Array.from([...state, ...new Uint8Array(64)])],
  ...[0xff, 0x41, 0x7f].flatMap((byte) =>
    [0, 100, 300, 500].map((at): [string, (state: Uint8Array) => undefined] => [
      `${byte} from ${at} on`,
      (state) => {
        state.fill(byte, at, at + 200);
        return undefined;
      },
    ]),
  ),
  [
    'records of 0xff',
    (state) => {
      state.fill(0xff, 20_000, 40_000);
      return undefined;
    },
  ],
])('its memory lies: %s', async (_, edit) => {
  await expect(Simulation.restore(await forged(() => {}, edit))).rejects.toThrow(CheckpointError);
});

it.each([3000, 70_000])('true ones of %d servers are taken', async (servers) => {
  const simulation = await Simulation.create({ ...system, servers, horizon: 2 });
  simulation.runUntil(1);
  const again = await Simulation.restore(await simulation.checkpoint());
  expect(again.stateHash()).toBe(simulation.stateHash());
});
