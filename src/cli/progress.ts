import type { Progress } from '../run/simulate.js';
import { duration, figure, grouped, perSecond } from './format.js';

/** Runs that end sooner flash no bar. */
const PATIENCE = 300;

export interface ProgressBar {
  update: (progress: Progress) => void;
  clear: () => void;
}

/** A bar on stderr, followed by `fields`, that leaves nothing behind. */
export async function newBar(fields: string) {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    format: `{bar} ${fields}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false, // a Ctrl-C is dealt with by the command
    stream: process.stderr,
  });
  // a bar that is not stopped leaves the terminal without line wrapping
  const clear = () => bar.stop();
  process.once('exit', clear);
  return { bar, clear };
}

/** A progress bar on stderr, or none if that is not a terminal. */
export async function progressBar(): Promise<ProgressBar> {
  if (!process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const { bar, clear } = await newBar(
    '{percentage} %  t = {time} of {horizon}  {speed} events/s  {remaining} left',
  );
  const started = performance.now();
  return {
    update({ time, horizon, fraction, events }) {
      const elapsed = (performance.now() - started) / 1000;
      if (elapsed < PATIENCE / 1000) return;
      const fields = {
        time: figure(time, 4),
        horizon: grouped(horizon),
        speed: perSecond(events / elapsed),
        remaining: fraction > 0 ? duration(Math.ceil((elapsed * (1 - fraction)) / fraction)) : '?',
      };
      if (bar.isActive) bar.update(100 * fraction, fields);
      else bar.start(100, 100 * fraction, fields);
    },
    clear,
  };
}
