import type { SweepProgress } from '../studies/options.js';
import type { Failure } from '../studies/result.js';
import { duration, grouped, perSecond } from './format.js';
import { newBar } from './progress.js';

export interface SweepProgressBar {
  update: (progress: SweepProgress) => void;
  clear: () => void;
}

/** A progress bar of a whole sweep on stderr; none if that is not a terminal, or if `quiet`. */
export async function sweepProgressBar(quiet: boolean): Promise<SweepProgressBar> {
  if (quiet || !process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const { bar, clear } = await newBar(
    '{value}/{total} runs  {points}  {speed} events/s  {remaining} left',
  );
  return {
    update({ done, total, running, eventsPerSecond, secondsRemaining }) {
      const fields = {
        points:
          running.length === 0 ? '' : `point${running.length > 1 ? 's' : ''} ${running.join(', ')}`,
        speed: perSecond(eventsPerSecond),
        remaining: secondsRemaining === null ? '?' : duration(Math.ceil(secondsRemaining)),
      };
      if (!bar.isActive) bar.start(total, done, { ...fields, total: grouped(total) });
      bar.setTotal(total);
      bar.update(done, fields);
    },
    clear,
  };
}

/** Tells on stderr of a thread that died, or of a replication that failed for good. */
export function sayFailure(
  { point, replication, message, final }: Failure & { final: boolean },
  where = '',
): void {
  const next = final ? '' : '; trying once more';
  process.stderr.write(
    `ratescale: ${where}point ${point}, replication ${replication}: ${message}${next}\n`,
  );
}
