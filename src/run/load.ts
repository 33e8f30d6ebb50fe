/** The arrival rate over time, as the configuration says. */
import type { CompleteConfig } from '../config/config.js';

type Load = Pick<CompleteConfig, 'arrivalRate' | 'schedule' | 'period'>;

/** Time average of λ from `from` to `until`. */
export function meanArrivalRate(load: Load, from: number, until: number): number {
  const { arrivalRate, schedule = [] } = load;
  if (schedule.every((change) => change.arrivalRate === undefined)) return arrivalRate;
  if (!(until > from)) return arrivalRateAt(load, from);
  return (arrivalsUntil(load, until) - arrivalsUntil(load, from)) / (until - from);
}

/** λ at a time; where it changes, the new one. */
export function arrivalRateAt({ arrivalRate, schedule = [], period }: Load, time: number): number {
  const within = period === undefined ? time : time % period;
  const rates = schedule.filter((change) => change.arrivalRate !== undefined);
  const before = rates.filter((change) => change.time <= within);
  const last = before.at(-1) ?? (within < time ? rates.at(-1) : undefined);
  return last?.arrivalRate ?? arrivalRate;
}

/** ∫₀ᵗ λ */
function arrivalsUntil({ arrivalRate, schedule = [], period }: Load, time: number): number {
  if (period === undefined || time <= period) return integral(arrivalRate, schedule, time).area;
  const first = integral(arrivalRate, schedule, period);
  const whole = integral(first.last, schedule, period).area;
  const later = Math.floor(time / period) - 1;
  const rest = integral(first.last, schedule, time - (later + 1) * period).area;
  return first.area + later * whole + rest;
}

/** ∫ from the start of the schedule to `time` of λ, which is `start` at first, and what it is then. */
function integral(
  start: number,
  schedule: NonNullable<Load['schedule']>,
  time: number,
): { area: number; last: number } {
  let area = 0;
  let from = 0;
  let rate = start;
  for (const { time: at, arrivalRate } of schedule) {
    if (at >= time) break;
    if (arrivalRate === undefined) continue;
    area += rate * (at - from);
    from = at;
    rate = arrivalRate;
  }
  return { area: area + rate * (time - from), last: rate };
}
