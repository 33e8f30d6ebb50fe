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
    '{value}/{total} runs  {points}  {threads}  {speed} events/s  {remaining} left',
  );
  return {
    update({ done, total, running, workers, eventsPerSecond, secondsRemaining }) {
      const fields = {
        points: running.length === 0 ? '' : pointsText(running),
        threads: `${workers} thread${workers === 1 ? '' : 's'}`,
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

/** More points under way than these would not fit a line. */
const MOST_POINTS = 4;

function pointsText(running: readonly number[]): string {
  const shown = running.slice(0, MOST_POINTS).join(', ');
  return `point${running.length > 1 ? 's' : ''} ${shown}${running.length > MOST_POINTS ? ' …' : ''}`;
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
