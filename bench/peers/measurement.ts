/** What every peer is asked, and what it answers. */

/** A system with unit buffers and the paper's cost, and how long to run it. */
export interface PeerParameters {
  /** servers */
  n: number;
  /** arrival rate per server */
  lambda: number;
  /** inverse step size */
  m: number;
  /** ends of the uniform law of the initial rates; equal for a constant */
  low: number;
  high: number;
  /** start and end of what is timed and counted */
  from: number;
  until: number;
  /** after how many equal parts of that to look at the rates, untimed; default 1: at the end only */
  samples?: number;
  /** as for a configuration; peers with random numbers of their own take the first of its words */
  seed: string | number;
}

/** Of the time between `from` and `until`. */
export interface Measurement {
  /** accepted arrivals and departures */
  events: number;
  seconds: number;
  /** time average of busy servers / n */
  busyFraction: number;
  /** over servers and samples */
  meanRate: number;
  /** of the final state, from the engine and its twin */
  stateHash?: string;
}

/** What is measured: counts and integrals are since t = 0. */
export interface System {
  run(until: number): void;
  events(): number;
  busyTime(): number;
  meanRate(): number;
}

/** Runs a system to `from`, and from there to `until` against the clock. */
export function measure(system: System, parameters: PeerParameters): Measurement {
  const { n, from, until, samples = 1 } = parameters;
  system.run(from);
  const events = system.events();
  const busyTime = system.busyTime();
  let seconds = 0;
  let meanRate = 0;
  for (let i = 1; i <= samples; i++) {
    const started = performance.now();
    system.run(i === samples ? until : from + ((until - from) * i) / samples);
    seconds += (performance.now() - started) / 1000;
    meanRate += system.meanRate() / samples;
  }
  return {
    events: system.events() - events,
    seconds,
    busyFraction: (system.busyTime() - busyTime) / (n * (until - from)),
    meanRate,
  };
}
