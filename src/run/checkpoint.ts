/**
 * The checkpoint format: magic · format version (u32) · length of the header (u32) · header (JSON,
 * UTF-8) · bytes of the engine's memory (what is in use, then the costs' tables and the recording) · checksum (u64, chained XXH64 of all
 * that precedes), little-endian.
 */
import type { CompleteChange, CompleteConfig } from '../config/config.js';
import type { Hash } from '../engine/scratch.js';
import { CheckpointError } from '../errors.js';

export interface CheckpointHeader {
  /** SHA-256 of the kernel that wrote it: the bytes mean nothing to another one */
  kernelHash: string;
  /** what the run was made with, and what was changed by hand since */
  config: CompleteConfig;
  steering: CompleteChange[];
  wallSeconds: number;
}

const MAGIC = new TextEncoder().encode('ratescale checkpoint\n');
const FORMAT = 4;
const PREFIX_BYTES = MAGIC.length + 8;
const CHECKSUM_BYTES = 8;
/** The checksum is taken in pieces of this size, so that hashing needs no second copy. */
const PIECE_BYTES = 1 << 20;

export function encodeCheckpoint(
  header: CheckpointHeader,
  state: readonly Uint8Array[],
  hash: Hash,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = state.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(PREFIX_BYTES + json.length + length + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(MAGIC.length, FORMAT, true);
  view.setUint32(MAGIC.length + 4, json.length, true);
  bytes.set(json, PREFIX_BYTES);
  let at = PREFIX_BYTES + json.length;
  for (const piece of state) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const end = bytes.length - CHECKSUM_BYTES;
  view.setBigUint64(end, checksum(bytes.subarray(0, end), hash), true);
  return bytes;
}

/**
 * @param kernelHashOf the hash of the kernel that a configuration needs
 * @throws {CheckpointError} unless the bytes are a whole checkpoint written by that kernel
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  hash: Hash,
  kernelHashOf: (config: CompleteConfig) => Promise<string>,
): Promise<{ header: CheckpointHeader; state: Uint8Array }> {
  if (bytes.length < PREFIX_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new CheckpointError('these bytes are not a ratescale checkpoint');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view.getUint32(MAGIC.length, true);
  if (format !== FORMAT) {
    throw new CheckpointError(
      `the checkpoint has format ${format} and this version reads format ${FORMAT}; continue it with the version that wrote it`,
    );
  }
  const end = bytes.length - CHECKSUM_BYTES;
  const start = PREFIX_BYTES + view.getUint32(MAGIC.length + 4, true);
  if (start > end || view.getBigUint64(end, true) !== checksum(bytes.subarray(0, end), hash)) {
    throw new CheckpointError('the checkpoint is damaged: its checksum does not match');
  }
  const { readHeader } = await import('./foreign-checkpoint.js');
  const header = readHeader(new TextDecoder().decode(bytes.slice(PREFIX_BYTES, start)));
  const kernelHash = await kernelHashOf(header.config);
  if (header.kernelHash !== kernelHash) {
    throw new CheckpointError(
      `the checkpoint was written by kernel ${header.kernelHash.slice(0, 12)} and this is kernel ` +
        `${kernelHash.slice(0, 12)}; continue it with the version that wrote it`,
    );
  }
  return { header, state: bytes.subarray(start, end) };
}

function checksum(bytes: Uint8Array, hash: Hash): bigint {
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    sum = hash(bytes.subarray(at, at + PIECE_BYTES), sum);
  }
  return sum;
}
