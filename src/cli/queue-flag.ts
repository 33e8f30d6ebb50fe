/** The flag of commands whose runs a fleet can make. */
import type { Command } from 'commander';
import { BadInput } from './bad-input.js';

/** The variable in place of the flag: a URL on a command line is seen by everybody on the machine. */
export const VARIABLE = 'RATESCALE_QUEUE';

export function addQueue(command: Command): Command {
  return command.option(
    '--queue <url>',
    `run on the machines where "ratescale work" takes runs from this Redis, redis://host:6379/0 or rediss://…; or set ${VARIABLE}`,
  );
}

/**
 * The queue that the flag or the variable names.
 * @throws {BadInput} if it cannot be one, its libraries are missing, or it is beside a flag that has no meaning with it
 */
export async function queueOf(
  flags: Record<string, unknown>,
  others: readonly string[] = ['workers'],
): Promise<string | undefined> {
  const queue = typeof flags.queue === 'string' ? flags.queue : process.env[VARIABLE] || undefined;
  if (queue === undefined) return undefined;
  const [{ checkQueue }, { loadPeers }] = await Promise.all([
    import('../fleet/address.js'),
    import('../fleet/peers.js'),
  ]);
  const source = typeof flags.queue === 'string' ? '--queue' : VARIABLE;
  for (const other of others) {
    if (flags[other] === undefined) continue;
    const why =
      other === 'workers'
        ? 'threads are given to "ratescale work" on each machine'
        : 'a queue deals out runs by itself';
    throw new BadInput(`--${other}: got it beside ${source}; leave out one of them: ${why}`);
  }
  try {
    checkQueue(queue);
    await loadPeers();
  } catch (error) {
    throw new BadInput((error as Error).message.replace('queue', source));
  }
  return queue;
}

/** Tells on stderr what a queue has to say. */
export function sayNotice(message: string): void {
  process.stderr.write(`ratescale: ${message}\n`);
}
