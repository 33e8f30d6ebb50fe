import type { Command } from 'commander';
import { BadInput } from './bad-input.js';
import { numberOrText } from './parse.js';

/** Exit codes that signals ask for: 128 + the signal's number. A terminal that closes sends SIGHUP. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code of a time limit, as that of the command `timeout`. */
const TIME_LIMIT = 124;

/** A timer cannot wait longer, 2³¹ − 1 ms or 24.8 days. */
const LONGEST_SECONDS = 2_147_483;

export interface Interruption {
  /** aborted by the first signal, or by the time limit */
  signal: AbortSignal;
  /** 0 as long as neither came */
  exitCode: number;
}

/** The flag of commands that can be ended by a time limit. */
export function addTimeLimit(command: Command): Command {
  return command.option(
    '--time-limit <seconds>',
    'end after so much time as Ctrl-C does, keeping what was reached; exit code 124',
  );
}

/**
 * From now on the first Ctrl-C (or SIGTERM, SIGHUP) asks the run to end; a second Ctrl-C or SIGTERM ends the process at
 * once.
 * @param timeLimit text of the flag
 * @throws {BadInput} for a time limit that is none
 */
export function listenForInterruption(timeLimit?: unknown): Interruption {
  const controller = new AbortController();
  const interruption: Interruption = { signal: controller.signal, exitCode: 0 };
  const end = (code: number) => {
    interruption.exitCode = code;
    controller.abort();
  };
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      // a terminal that closes often sends SIGHUP twice: the second must not cost what the first saves
      if (!controller.signal.aborted) end(code);
      else if (name !== 'SIGHUP') process.exit(code);
    });
  }
  if (typeof timeLimit === 'string') {
    const seconds = numberOrText(timeLimit);
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
      throw new BadInput(
        `--time-limit: got "${timeLimit}"; must be a number of seconds above 0, at most ${LONGEST_SECONDS}`,
      );
    }
    const timer = setTimeout(() => end(TIME_LIMIT), 1000 * seconds);
    timer.unref();
    controller.signal.addEventListener('abort', () => clearTimeout(timer));
  }
  return interruption;
}
