/**
 * Brute-force Markov chains of a few servers at frozen rates: every dispatch rule, every phase-type
 * service law. The state is written out in full, all states that can be reached are listed, and the
 * balance equations are solved by iteration. Meant for up to some 20,000 states.
 */
import type { DispatchRule } from './dispatch-rules.js';
import { phaseType, type ServiceLaw } from './service-laws.js';

export interface ChainOptions {
  rates: readonly number[];
  /** Arrival rate per server. */
  arrivalRate: number;
  /** Tasks a server has room for, the one in service included. */
  capacity: number;
  dispatch: DispatchRule;
  service: ServiceLaw;
}

export interface ChainLaw {
  states: number;
  /** P(server v is busy), for every v. */
  busyProbability: number[];
  /** E[tasks at server v], for every v. */
  meanTasks: number[];
  /** P(k tasks in the system), k = 0, …, n · capacity. */
  tasksDistribution: number[];
  /** Share of tasks lost (PASTA). */
  blockingProbability: number;
  /** Mean time an accepted task spends in the system, by Little's law. */
  meanSojournTime: number;
  /** E[I_v], the idle signal of equation (2.2), for every v. */
  idleSignal: number[];
}

/** Everything that decides what happens next. */
interface State {
  /** Tasks at every server, the one in service included. */
  tasks: number[];
  /** Phase of the service under way at every server; 0 at idle ones. */
  phase: number[];
  /** Idle servers, the longest idle first; empty for rules that do not look at it. */
  idleOrder: number[];
  /** The server whose turn it is; 0 for rules without turns. */
  turn: number;
}

interface Jump<To> {
  to: To;
  rate: number;
}

/** The stationary law and the figures that follow from it. */
export function chainLaw(options: ChainOptions): ChainLaw {
  const { rates, arrivalRate, capacity, dispatch } = options;
  const servers = [...rates.keys()];
  const { states, jumps } = reachable(emptyState(rates.length, dispatch), (state) =>
    jumpsFrom(state, options),
  );
  const probability = stationary(jumps);
  const mean = (figure: (state: State, index: number) => number) =>
    states.reduce((total, state, s) => total + probability[s] * figure(state, s), 0);

  const total = ({ tasks }: State) => tasks.reduce((a, b) => a + b, 0);
  const tasksDistribution = new Array(rates.length * capacity + 1).fill(0);
  states.forEach((state, s) => {
    tasksDistribution[total(state)] += probability[s];
  });
  const busyProbability = servers.map((v) => mean(({ tasks }) => (tasks[v] > 0 ? 1 : 0)));
  const blockingProbability = mean(
    (state) =>
      1 -
      targets(state, dispatch, capacity).reduce((sum, { probability: share }) => sum + share, 0),
  );
  const accepted = arrivalRate * rates.length * (1 - blockingProbability);
  return {
    states: states.length,
    busyProbability,
    meanTasks: servers.map((v) => mean(({ tasks }) => tasks[v])),
    tasksDistribution,
    blockingProbability,
    meanSojournTime: mean(total) / accepted,
    idleSignal: servers.map((v) => {
      // While idle, the time since the last completion has the same mean as the time to the next task
      // (the age and the rest of a renewal interval). An idle period A is carried through one service
      // of mean 1/μ, at a rate of P(idle)/E[A] periods per unit of time: E[I; busy] = P(idle)/μ.
      const rest = timeToLeave(jumps, (s) => states[s].tasks[v] === 0);
      return mean((_, s) => rest[s]) + (1 - busyProbability[v]) / rates[v];
    }),
  };
}

function emptyState(n: number, dispatch: DispatchRule): State {
  const ordered = dispatch === 'longest-idle' || dispatch === 'shortest-idle';
  return {
    tasks: new Array(n).fill(0),
    phase: new Array(n).fill(0),
    idleOrder: ordered ? Array.from({ length: n }, (_, v) => v) : [],
    turn: 0,
  };
}

function jumpsFrom(state: State, options: ChainOptions): Jump<State>[] {
  const { rates, arrivalRate, capacity, dispatch } = options;
  const { alpha, T } = phaseType(options.service);
  const n = rates.length;
  const ordered = dispatch === 'longest-idle' || dispatch === 'shortest-idle';
  const jumps: Jump<State>[] = [];

  /** A service starts at server v: one jump for every phase it can start in. */
  const starting = (v: number, to: State, rate: number) => {
    alpha.forEach((share, phase) => {
      if (share > 0)
        jumps.push({ to: { ...to, phase: replaced(to.phase, v, phase) }, rate: rate * share });
    });
  };

  const arrivals = arrivalRate * n;
  const turn = dispatch === 'round-robin' ? (state.turn + 1) % n : 0;
  let accepted = 0;
  for (const { server: v, probability } of targets(state, dispatch, capacity)) {
    accepted += probability;
    const to = { ...state, turn, tasks: replaced(state.tasks, v, state.tasks[v] + 1) };
    if (state.tasks[v] > 0) {
      jumps.push({ to, rate: arrivals * probability });
    } else {
      const idleOrder = state.idleOrder.filter((u) => u !== v);
      starting(v, { ...to, idleOrder }, arrivals * probability);
    }
  }
  // a lost task still takes its turn
  if (accepted < 1 && turn !== state.turn) {
    jumps.push({ to: { ...state, turn }, rate: arrivals * (1 - accepted) });
  }

  state.tasks.forEach((tasks, v) => {
    if (tasks === 0) return;
    const row = T[state.phase[v]];
    row.forEach((rate, phase) => {
      if (phase !== state.phase[v] && rate > 0) {
        jumps.push({
          to: { ...state, phase: replaced(state.phase, v, phase) },
          rate: rates[v] * rate,
        });
      }
    });
    const completions = -rates[v] * row.reduce((a, b) => a + b, 0);
    if (completions < 1e-12) return;
    const to = { ...state, tasks: replaced(state.tasks, v, tasks - 1) };
    if (tasks > 1) {
      starting(v, to, completions);
    } else {
      const idleOrder = ordered ? [...state.idleOrder, v] : [];
      jumps.push({
        to: { ...to, idleOrder, phase: replaced(state.phase, v, 0) },
        rate: completions,
      });
    }
  });
  return jumps;
}

/** The servers that may get the next task, with their probabilities; what lacks to 1 is lost. */
function targets(
  { tasks, idleOrder, turn }: State,
  dispatch: DispatchRule,
  capacity: number,
): { server: number; probability: number }[] {
  const all = [...tasks.keys()];
  const idle = all.filter((v) => tasks[v] === 0);
  const withRoom = all.filter((v) => tasks[v] < capacity);
  const uniform = (candidates: number[], weight = 1) =>
    candidates.map((server) => ({ server, probability: weight / candidates.length }));
  const unlessFull = (shares: { server: number; probability: number }[]) =>
    shares.filter(({ server }) => tasks[server] < capacity);
  const shortestOf = (sample: number[], weight: number) => {
    const shortest = Math.min(...sample.map((v) => tasks[v]));
    return uniform(
      sample.filter((v) => tasks[v] === shortest),
      weight,
    );
  };

  switch (dispatch) {
    case 'jiq':
      return uniform(idle.length > 0 ? idle : withRoom);
    case 'longest-idle':
      return uniform(idle.length > 0 ? idleOrder.slice(0, 1) : withRoom);
    case 'shortest-idle':
      return uniform(idle.length > 0 ? idleOrder.slice(-1) : withRoom);
    case 'random':
      return unlessFull(uniform(all));
    case 'round-robin':
      return unlessFull(uniform([turn]));
    case 'jsq':
      return unlessFull(shortestOf(all, 1));
    default: {
      const samples = subsets(all, dispatch.choices);
      return unlessFull(samples.flatMap((sample) => shortestOf(sample, 1 / samples.length)));
    }
  }
}

function subsets(items: number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) =>
    subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]),
  );
}

/** All states that can be reached, in the order they are found, and the jumps between them by index. */
function reachable(
  start: State,
  from: (state: State) => Jump<State>[],
): { states: State[]; jumps: Jump<number>[][] } {
  const states = [start];
  const indices = new Map([[JSON.stringify(start), 0]]);
  const jumps: Jump<number>[][] = [];
  for (let s = 0; s < states.length; s++) {
    jumps.push(
      from(states[s]).map(({ to, rate }) => {
        const key = JSON.stringify(to);
        let index = indices.get(key);
        if (index === undefined) {
          index = states.length;
          indices.set(key, index);
          states.push(to);
        }
        return { to: index, rate };
      }),
    );
  }
  return { states, jumps };
}

/**
 * π with πQ = 0 by sweeps of Gauss and Seidel: the probability of each state in turn from those of the
 * states that lead to it.
 */
function stationary(jumps: readonly Jump<number>[][]): number[] {
  const into: Jump<number>[][] = jumps.map(() => []);
  jumps.forEach((list, from) => {
    for (const { to, rate } of list) into[to].push({ to: from, rate });
  });
  const exit = jumps.map(totalRate);
  const probability: number[] = new Array(jumps.length).fill(1 / jumps.length);
  sweepUntilStill(probability, (s) => weighted(into[s], probability) / exit[s]);
  const total = probability.reduce((a, b) => a + b, 0);
  return probability.map((p) => p / total);
}

/** Mean time from every state of a set until the set is left; 0 outside. */
function timeToLeave(
  jumps: readonly Jump<number>[][],
  inSet: (state: number) => boolean,
): number[] {
  const exit = jumps.map(totalRate);
  const time: number[] = new Array(jumps.length).fill(0);
  sweepUntilStill(time, (s) => (inSet(s) ? (1 + weighted(jumps[s], time)) / exit[s] : 0));
  return time;
}

function totalRate(jumps: readonly Jump<number>[]): number {
  return jumps.reduce((total, { rate }) => total + rate, 0);
}

function weighted(jumps: readonly Jump<number>[], values: readonly number[]): number {
  return jumps.reduce((total, { to, rate }) => total + rate * values[to], 0);
}

/** Replaces all values in turn, down and up the list, until a sweep changes none by more than 1e-14 of the largest. */
function sweepUntilStill(values: number[], next: (index: number) => number): void {
  for (let sweep = 0; sweep < 20_000; sweep++) {
    let change = 0;
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      const index = sweep % 2 === 0 ? i : values.length - 1 - i;
      const value = next(index);
      change = Math.max(change, Math.abs(value - values[index]));
      largest = Math.max(largest, value);
      values[index] = value;
    }
    if (change <= 1e-14 * largest) return;
  }
  throw new Error('the equations of the chain did not converge');
}

function replaced(values: readonly number[], at: number, value: number): number[] {
  return values.map((old, i) => (i === at ? value : old));
}
