/**
 * log P(none of d servers drawn at random without replacement is idle | k of n are busy) = log [C(k, d)/C(n, d)].
 *
 * With unit buffers the rules Join-Idle-Queue (d = n), random (d = 1) and Join-Shortest-Queue of d differ in nothing else: a task that
 * sees an idle server goes to a uniformly random one of all that are idle, by symmetry, and is dropped otherwise.
 *
 * @param servers n, a whole number from 1
 * @param choices d, a whole number from 1 to n
 * @param busy k, a whole number from 0 to n
 */
export function logNoneIdle(servers: number, choices: number, busy: number): number {
  if (busy === servers) return 0;
  if (busy < choices) return Number.NEGATIVE_INFINITY;
  // either d draws that miss all idle servers, or, the same number, the idle servers one by one outside the sample
  const idle = servers - busy;
  const [factors, part] = choices < idle ? [choices, idle] : [idle, choices];
  let log = 0;
  for (let i = 0; i < factors && log > LEAST; i++) log += Math.log1p(-part / (servers - i));
  return log;
}

/** e to this power is 0. */
const LEAST = -750;

/**
 * Rate at which n servers with unit buffers take tasks while k of them are busy: λn P(an idle server is seen).
 * See `logNoneIdle` for the arguments.
 */
export function takenRate(
  servers: number,
  arrivalRate: number,
  choices: number,
  busy: number,
): number {
  return arrivalRate * servers * -Math.expm1(logNoneIdle(servers, choices, busy));
}
