/** The flags of a run that is saved, and what they give. */
import { existsSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { BadInput, reason } from './bad-input.js';
import { numberOrText } from './parse.js';

/** Seconds that a run may lose unless `--every` says otherwise. */
const EVERY = 60;
const LONGEST = 1e9;

export function addCheckpoints(command: Command): void {
  command
    .optionsGroup('Checkpoints:')
    .option('--checkpoint <file>', 'save the run here now and then and at its end')
    .option('--every <seconds>', `with --checkpoint: how often, in seconds (default: ${EVERY})`)
    .option('--resume <file>', 'go on from this checkpoint, to the same bits');
}

export interface CheckpointPlan {
  checkpoint: string | undefined;
  /** seconds */
  every: number;
  /** undefined: from the start */
  resume: string | undefined;
}

/**
 * What the flags ask for; null if nothing. A missing file that is to be both resumed and written is the first start
 * of a job that a scheduler may start again.
 * @throws {BadInput} for flags that make no sense together, and for a place that cannot be written
 */
export async function checkpointPlan(
  flags: Record<string, unknown>,
): Promise<CheckpointPlan | null> {
  const { checkpoint, resume } = flags as Record<string, string | undefined>;
  if (checkpoint === undefined && flags.every !== undefined) {
    throw new BadInput('--every: is about --checkpoint, which is missing');
  }
  if (checkpoint === undefined && resume === undefined) return null;
  for (const key of ['precision', 'maxHorizon']) {
    if (flags[key] !== undefined) {
      const flag = key === 'precision' ? '--precision' : '--max-horizon';
      throw new BadInput(
        `${flag}: needs the batches that a run with checkpoints has not; leave out --checkpoint and --resume`,
      );
    }
  }
  const every = flags.every === undefined ? EVERY : numberOrText(flags.every as string);
  if (typeof every !== 'number' || !(every > 0 && every <= LONGEST)) {
    throw new BadInput(
      `--every: got "${flags.every}"; must be a number of seconds above 0, at most ${LONGEST}`,
    );
  }
  const both =
    checkpoint !== undefined && resume !== undefined && resolve(checkpoint) === resolve(resume);
  if (checkpoint !== undefined) await checkPlace(checkpoint, both);
  const first = both && !existsSync(resume);
  return { checkpoint, every, resume: first ? undefined : resume };
}

/** @throws {BadInput} unless a checkpoint can be written there, without one being lost */
async function checkPlace(path: string, resumed: boolean): Promise<void> {
  const cannot = (cause: string) => new BadInput(`--checkpoint: "${path}" ${cause}`);
  if (path === '-') throw cannot('is no place for checkpoints; name a file');
  const present = await stat(path).catch(() => undefined);
  if (present && !present.isFile()) throw cannot('cannot be written: is not a regular file');
  if (present && !resumed) {
    throw cannot(
      `is there already; to go on from it add --resume ${path}, else remove it or choose another name`,
    );
  }
  await access(dirname(path), constants.W_OK).catch((cause) => {
    throw cannot(`cannot be written: ${reason(cause)}`);
  });
}
