import type { CompleteConfig } from '../config/config.js';
import { kernelBuild } from '../engine/kernel.js';
import { hasher } from '../engine/scratch.js';
import type { CompletePlan } from './plan.js';
import { keyOf } from './points.js';

/**
 * The configuration of replication k of a point. Its seed, and with it its stream of random numbers, depends on the
 * point's seed, on the rest of its configuration but what is recorded, and on k alone: `seed/hash/k`, with 128 bits of
 * hash; or, with common streams, on the point's seed and k alone: `seed/k`. So other points and more replications
 * change nothing in it, and running this configuration by itself gives the same bits.
 */
export async function replicationConfig(
  config: CompleteConfig,
  replication: number,
  streams: CompletePlan['streams'] = 'independent',
): Promise<CompleteConfig> {
  const stream = streams === 'common' ? '' : `/${await pointHash(config)}`;
  return { ...config, seed: `${config.seed}${stream}/${replication}` };
}

/** The point's seed, from that of one of its replications. */
export function pointSeed(seed: string, streams: CompletePlan['streams']): string {
  return seed
    .split('/')
    .slice(0, streams === 'common' ? -1 : -2)
    .join('/');
}

const hashes = new WeakMap<CompleteConfig, Promise<string>>();

function pointHash(config: CompleteConfig): Promise<string> {
  let hash = hashes.get(config);
  if (!hash) {
    hash = compute(config);
    hashes.set(config, hash);
  }
  return hash;
}

/** Pieces of text that the hasher takes at once. */
const PIECE = 1 << 20;

async function compute(config: CompleteConfig): Promise<string> {
  const hash = await hasher(await kernelBuild('release'));
  // what is recorded changes no event, and the seed stands beside the hash
  const { record: _record, seed: _seed, ...dynamics } = config;
  const bytes = new TextEncoder().encode(keyOf(dynamics as CompleteConfig));
  return [0n, 1n]
    .map((seed) => {
      let sum = seed;
      for (let at = 0; at < bytes.length; at += PIECE) {
        sum = hash(bytes.subarray(at, at + PIECE), sum);
      }
      return sum.toString(16).padStart(16, '0');
    })
    .join('');
}
