/**
 * A file of results, `results.jsonl`: a line for each replication. It may be larger than any string and than memory, so
 * only where each line is stays in memory, and a line is read again when somebody asks for it.
 */
import { closeSync, openSync, statSync, truncateSync } from 'node:fs';
import type { CompletePlan } from '../../studies/plan.js';
import { PointIndex } from '../../studies/point-index.js';
import type { Replication } from '../../studies/result.js';
import { pointSeed } from '../../studies/stream.js';
import { BadInput, Failure, reason } from '../bad-input.js';
import { type Line, lineAt, linesOf, openIfThere, writeAll, writePieces } from './lines.js';
import { type Place, Places } from './places.js';

export const RESULTS = 'results.jsonl';

export class ResultsFile {
  readonly path: string;
  readonly #places = new Places();
  /** bytes of complete lines */
  #size = 0;
  /** opened once, so that places stay right if another process puts the file in order meanwhile */
  #reader: number | null;
  #writer: number | undefined;

  /**
   * Takes in the lines there are, with their points as the plan numbers them. A line that is there twice counts once.
   * @param foreign told of a line that is not the plan's; unless it throws, the line is passed over
   * @throws {BadInput} if a line is damaged, or two lines give different results for one replication
   */
  constructor(path: string, plan: CompletePlan, foreign: (what: string, line: number) => void) {
    this.path = path;
    this.#reader = openIfThere(path);
    if (this.#reader === null) return;
    const find = pointFinder(plan);
    for (const line of linesOf(this.#reader)) {
      const replication = parseLine(path, line);
      this.#size = line.offset + line.length + 1;
      const point = find(replication);
      if (typeof point === 'string') {
        foreign(point, line.number);
        continue;
      }
      const before = this.#places.at(point, replication.replication);
      if (before) this.#checkRepeated(before, line);
      else this.#places.add(point, replication.replication, line);
    }
  }

  get count(): number {
    return this.#places.count;
  }

  has(point: number, replication: number): boolean {
    return this.#places.at(point, replication) !== undefined;
  }

  /** undefined if it is not there */
  replication(point: number, replication: number): Replication | undefined {
    const place = this.#places.at(point, replication);
    return place && { ...JSON.parse(this.#text(place)), point };
  }

  /** By point and replication; each is read when it is its turn. */
  *replications(): Iterable<Replication> {
    for (const { point, ...place } of this.#places.inOrder()) {
      yield { ...JSON.parse(this.#text(place)), point };
    }
  }

  /** The beginning of a line at the end, which a process that was killed may leave, goes. */
  dropIncompleteLine(): void {
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > this.#size) truncateSync(this.path, this.#size);
  }

  /** @throws {Failure} if it cannot be written, as when the disk is full */
  append(replication: Replication): void {
    const line = Buffer.from(`${JSON.stringify(replication)}\n`);
    try {
      this.#writer ??= openSync(this.path, 'a');
      writeAll(this.#writer, line);
    } catch (cause) {
      throw new Failure(
        `${this.path} could not be written: ${reason(cause)}; ` +
          'it keeps what was written before, and the same command continues from there',
      );
    }
    const place = { offset: this.#size, length: line.length - 1 };
    this.#places.add(replication.point, replication.replication, place);
    this.#size += line.length;
  }

  /** Puts the lines in order. @throws {Failure} if that cannot be written; the file is then as it was */
  sort(): void {
    const places = this.#places;
    const lengths = new Uint32Array(places.count);
    const lines = function* (file: ResultsFile) {
      let i = 0;
      for (const { point, ...place } of places.inOrder()) {
        const line = Buffer.from(`${numbered(file.#text(place), point)}\n`);
        lengths[i++] = line.length - 1;
        yield line;
      }
    };
    writePieces(this.path, lines(this));
    this.close();
    this.#size = places.settle(lengths);
  }

  close(): void {
    if (this.#reader !== null) closeSync(this.#reader);
    if (this.#writer !== undefined) closeSync(this.#writer);
    this.#reader = null;
    this.#writer = undefined;
  }

  #text(place: Place): string {
    this.#reader ??= openSync(this.path, 'r');
    return lineAt(this.#reader, place);
  }

  #checkRepeated(before: Place, { text, number }: Line): void {
    if (numbered(this.#text(before), 0) === numbered(text, 0)) return;
    let first = 0;
    for (const line of linesOf(this.path)) {
      if (line.offset === before.offset) first = line.number;
    }
    throw new BadInput(
      `${this.path}: lines ${first} and ${number} give different results for the same replication; delete the wrong one`,
    );
  }
}

/** A line with the number that its point has in the plan, as it is where that is right already. */
function numbered(text: string, point: number): string {
  if (text.startsWith(`{"point":${point},`)) return text;
  return JSON.stringify({ ...JSON.parse(text), point });
}

/** Finds the number of a replication's point in a plan; a text says what the plan does not have. */
function pointFinder(plan: CompletePlan): (replication: Replication) => number | string {
  const { points, streams, precision, replications, maxReplications } = plan;
  const most = precision === null ? replications : maxReplications;
  let index: PointIndex | undefined;
  return ({ config, replication }) => {
    const seed = pointSeed(String(config.seed), streams);
    for (const value of seedsLike(seed)) {
      index ??= new PointIndex(points);
      const number = index.find({ ...config, seed: value });
      if (number === undefined) continue;
      if (replication < most) return number;
      return `replication ${replication} of point ${number}, but the plan asks for ${most}`;
    }
    return `a point that is not in the plan (seed ${config.seed})`;
  };
}

/** A seed may have been given as a number or as its text. */
function* seedsLike(seed: string): Iterable<string | number> {
  yield seed;
  if (String(Number(seed)) === seed) yield Number(seed);
}

function parseLine(path: string, { text, number }: Line): Replication {
  try {
    return JSON.parse(text) as Replication;
  } catch (cause) {
    throw new BadInput(`${path}: line ${number} is damaged: ${(cause as Error).message}`);
  }
}
