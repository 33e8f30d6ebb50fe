/** Exit codes that signals ask for: 128 + the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interruption {
  /** aborted by the first signal */
  signal: AbortSignal;
  /** 0 as long as no signal came */
  exitCode: number;
}

/** From now on the first Ctrl-C (or SIGTERM) asks the run to end, the second ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const interruption: Interruption = { signal: controller.signal, exitCode: 0 };
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      interruption.exitCode = code;
      controller.abort();
    });
  }
  return interruption;
}
