import type { CostFunctions } from '../cost/cost.js';
import { poissonServer } from './server-law.js';

/** The rate of a server with Poisson arrivals of its own near its fixed point, to first order in 1/m. */
export interface PoissonNoise {
  /** θ: deviations of the rate die out as exp(−θt/m). */
  relaxation: number;
  /** m times the variance of the rate. */
  variance: number;
  /** m times what the mean rate exceeds the fixed point by. */
  shift: number;
}

/**
 * Second order of averaging for a server under random dispatch, with a unit buffer or none, and any law of work (beyond the paper).
 *
 * Let F(μ) = g'(μ) + h'(μ)(Ī + 1/μ), Ī = E_μ[I], ψ = h', and u the solution of Poisson's equation L_μ u = −(I − Ī) for the server at
 * the frozen rate μ. From E[g' + h'(I + 1/μ)] = 0 and E[ψ(I − Ī)] = E[(dμ/dt) ∂_μ(ψu)] (the mean of L(ψu) + (dμ/dt) ∂_μ(ψu) is 0),
 *
 *   m Var = ψ² E[(I − Ī)u]/F',   m (E[μ] − μ₀) = { ψψ' E[(I − Ī)u] + ψ² E[(I − Ī) ∂_μu] − F'' m Var/2 }/F' .
 *
 * With signal a, what is left of the work in service r and all the work ω there, in units of work,
 *
 *   u = a (1/λ + 1/μ) if idle,  a r/μ if a is the signal of the task in service,  and while busy less Ī ω/(μ − λ) if tasks queue.
 *
 * Signals are exponential and independent of r and ω. The means of these are β = (1 + c)/2 and β(1 + ρ) while the signal is
 * positive, and E[ω] is λβ/(μ − λ) by Pollaczek and Khinchine.
 *
 * @param arrivalRate λ, tasks that come to the server per unit of time
 * @param rate μ₀, its fixed point
 * @param buffer tasks it holds: 1 or Infinity; then λ < μ₀
 * @param scv c, squared coefficient of variation of the work of a task, whose mean is 1
 */
export function poissonNoise(
  cost: CostFunctions,
  arrivalRate: number,
  rate: number,
  buffer: 1 | typeof Number.POSITIVE_INFINITY,
  scv: number,
): PoissonNoise {
  const signalAt = (x: number) => poissonServer(arrivalRate, x, buffer, scv);
  const { idleProbability: idle, idleSignal } = signalAt(rate);
  const beta = (1 + scv) / 2;
  const first = (arrivalRate * idle) / rate; // P(in service is a task with positive signal)
  const square = 2 / arrivalRate ** 2 - idleSignal / arrivalRate; // E[(a − Ī)a] for an exponential a
  let solution = square * (idle * (1 / arrivalRate + 1 / rate) + (first * beta) / rate);
  let derivative = (-square * (idle + first * beta)) / rate ** 2;
  if (buffer !== 1) {
    const load = arrivalRate / rate;
    const work =
      (first / arrivalRate) * beta * (1 + load) -
      (idleSignal * arrivalRate * beta) / (rate - arrivalRate); // E[(I − Ī)ω]
    solution -= (idleSignal / (rate - arrivalRate)) * work;
    // Ī/(μ − λ) = 1/(λμ) + 1/μ²
    derivative += (1 / (arrivalRate * rate ** 2) + 2 / rate ** 3) * work;
  }
  const { slope, curvature } = shape(
    (x) => cost.dg(x) + cost.dh(x) * (signalAt(x).idleSignal + 1 / x),
    rate,
  );
  const force = cost.dh(rate);
  const variance = (force ** 2 * solution) / slope;
  const drift = force * cost.ddh(rate) * solution + force ** 2 * derivative;
  return { relaxation: slope, variance, shift: (drift - (curvature * variance) / 2) / slope };
}

/** First and second derivative, to fourth order. */
function shape(f: (x: number) => number, x: number): { slope: number; curvature: number } {
  const h = 2e-3 * x;
  const [below, low, here, high, above] = [-2, -1, 0, 1, 2].map((k) => f(x + k * h)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    slope: (8 * (high - low) - (above - below)) / (12 * h),
    curvature: (16 * (high + low) - (above + below) - 30 * here) / (12 * h * h),
  };
}
