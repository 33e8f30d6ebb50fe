/**
 * A textbook discrete-event simulator of the model: the next event is the earliest of the next arrival,
 * the completions under way and the next change of the load, and for every task the moment of its
 * completion is worked out when its service starts (Law, Simulation Modeling and Analysis, ch. 1–2).
 * Slow, and deliberately unlike the library: it draws the *work* of a task and waits until the server
 * has done it.
 *
 * The model: servers v = 0, …, n − 1; tasks arrive as a Poisson stream of rate `arrivalRate` times n,
 * and a dispatch rule sends each to a server, where it waits its turn. Rates follow (2.2).
 */
import { type DispatchRule, dispatcher } from './dispatch-rules.js';
import { Sfc32 } from './random.js';
import {
  frozenTrajectory,
  movingTrajectory,
  type PowerLawCost,
  paperCost,
  type RateTrajectory,
} from './rate-trajectory.js';
import { drawWork, type ServiceLaw } from './service-laws.js';

export interface EventListOptions {
  servers: number;
  /** Arrival rate per server. */
  arrivalRate: number;
  /** m of equation (2.2); Infinity freezes the rates. */
  inverseStepSize: number;
  /** Tasks a server has room for, the one in service included: 1, K or Infinity. */
  bufferCapacity: number;
  initialRates: readonly number[];
  /** Tasks at every server at time 0; none if left out. */
  initialTasks?: readonly number[];
  /** One for all servers or one for each; the paper's Section 3 cost if left out. */
  cost?: PowerLawCost | readonly PowerLawCost[];
  /** Join-Idle-Queue if left out. */
  dispatch?: DispatchRule;
  /** Exponential if left out. */
  service?: ServiceLaw;
  /** What changes when, in order of time. */
  schedule?: readonly Change[];
  /** The schedule repeats with this period: a change at time t also happens at t + period, … */
  period?: number;
  /** Nondecreasing times at which to look. */
  sampleTimes: readonly number[];
  seed: number;
}

/** From `time` on, what is given replaces what held before. */
export interface Change {
  time: number;
  arrivalRate?: number;
  inverseStepSize?: number;
  cost?: PowerLawCost;
  /** Every server's rate at that time. */
  rates?: number;
}

/** What is seen at one time; counters and integrals start at time 0. */
export interface Snapshot {
  time: number;
  rates: number[];
  /** Tasks at every server, the one in service included. */
  queueLengths: number[];
  idleSignals: number[];
  /** Tasks that have come, lost ones included, initial ones not. */
  arrivals: number;
  dropped: number;
  /** Completed tasks, initial ones included. */
  departures: number;
  /** Completed tasks of every server. */
  departuresOf: number[];
  /** Sum of the times that completed tasks have spent in the system. */
  sojournTimes: number;
  /** ∫ rate dt of every server. */
  rateIntegrals: number[];
  /** Time every server has been busy. */
  busyTimes: number[];
  /** ∫ (number of tasks in the system) dt. */
  taskIntegral: number;
}

/** What moves continuously, at `time`. */
interface Motion {
  time: number;
  rate: number;
  idleSignal: number;
  /** What is left to do of the task in service; means nothing while idle. */
  work: number;
  rateIntegral: number;
  busyTime: number;
}

interface Server {
  tasks: number;
  departures: number;
  /** When they came, first come first. */
  arrivalTimes: number[];
  idleSince: number;
  /** As it was when last brought up to date. */
  motion: Motion;
  /** Of the task in service, if nothing changes before; Infinity while idle. */
  completionTime: number;
  /** The rate at that time. */
  completionRate: number;
}

/** Runs the model and reports what it looks like at the sample times. */
export function simulateEventList(options: EventListOptions): Snapshot[] {
  const { servers: n, bufferCapacity, initialRates } = options;
  const initialTasks = options.initialTasks ?? initialRates.map(() => 0);
  if (initialRates.length !== n || initialTasks.length !== n) {
    throw new Error('initialRates and initialTasks need one entry per server');
  }
  if (initialTasks.some((tasks) => tasks > bufferCapacity)) {
    throw new Error('initialTasks exceed bufferCapacity');
  }

  const random = new Sfc32(options.seed);
  const dispatch = dispatcher(options.dispatch ?? 'jiq', bufferCapacity, random);
  const service = options.service ?? { kind: 'exponential' };
  const changes = changesInOrder(options.schedule ?? [], options.period);

  let { arrivalRate, inverseStepSize, cost = paperCost } = options;
  let trajectories: RateTrajectory[] = [];
  setTrajectories();
  const servers = initialRates.map(
    (rate, v): Server => ({
      tasks: initialTasks[v],
      departures: 0,
      arrivalTimes: new Array(initialTasks[v]).fill(0),
      idleSince: 0,
      motion: { time: 0, rate, idleSignal: 0, work: Number.NaN, rateIntegral: 0, busyTime: 0 },
      completionTime: Number.POSITIVE_INFINITY,
      completionRate: Number.NaN,
    }),
  );
  let now = 0;
  let tasksInSystem = initialTasks.reduce((total, tasks) => total + tasks, 0);
  let taskIntegral = 0;
  let arrivals = 0;
  let dropped = 0;
  let sojournTimes = 0;
  let nextArrival = Number.NaN;
  let nextChange = changes.next();

  function setTrajectories(): void {
    const perServer = 'length' in cost ? cost : new Array<PowerLawCost>(n).fill(cost);
    trajectories = perServer.map((costOfServer) =>
      inverseStepSize === Number.POSITIVE_INFINITY
        ? frozenTrajectory
        : movingTrajectory(costOfServer, inverseStepSize),
    );
  }

  /** The motion of server v at a time before its next completion, or at it. */
  function motionAt(v: number, time: number): Motion {
    const server = servers[v];
    const { motion } = server;
    const busy = server.tasks > 0;
    const elapsed = time - motion.time;
    const { rate, work } = trajectories[v].untilElapsed(
      { rate: motion.rate, idleSignal: motion.idleSignal, idle: !busy },
      elapsed,
    );
    return {
      time,
      rate,
      idleSignal: motion.idleSignal + (busy ? 0 : elapsed),
      work: motion.work - work,
      rateIntegral: motion.rateIntegral + work,
      busyTime: motion.busyTime + (busy ? elapsed : 0),
    };
  }

  function scheduleArrival(): void {
    nextArrival = now + random.exponential() / (arrivalRate * n);
  }

  function scheduleCompletion(v: number): void {
    const { rate, idleSignal, work } = servers[v].motion;
    const end = trajectories[v].untilWorkDone({ rate, idleSignal, idle: false }, work);
    servers[v].completionTime = now + end.elapsed;
    servers[v].completionRate = end.rate;
  }

  function startService(v: number): void {
    servers[v].motion.work = drawWork(service, random);
    scheduleCompletion(v);
  }

  function handleArrival(): void {
    arrivals++;
    scheduleArrival();
    const v = dispatch.next(servers);
    if (v === undefined) {
      dropped++;
      return;
    }
    const server = servers[v];
    const wasIdle = server.tasks === 0;
    if (wasIdle) server.motion = motionAt(v, now);
    server.tasks++;
    server.arrivalTimes.push(now);
    tasksInSystem++;
    if (wasIdle) startService(v);
  }

  function handleCompletion(v: number): void {
    const server = servers[v];
    const { motion } = server;
    server.motion = {
      time: now,
      rate: server.completionRate,
      idleSignal: 0,
      work: Number.NaN,
      rateIntegral: motion.rateIntegral + motion.work,
      busyTime: motion.busyTime + now - motion.time,
    };
    server.departures++;
    server.tasks--;
    tasksInSystem--;
    sojournTimes += now - (server.arrivalTimes.shift() as number);
    if (server.tasks > 0) {
      startService(v);
    } else {
      server.completionTime = Number.POSITIVE_INFINITY;
      server.idleSince = now;
    }
  }

  function handleChange(change: Change): void {
    for (const v of servers.keys()) servers[v].motion = motionAt(v, now);
    arrivalRate = change.arrivalRate ?? arrivalRate;
    inverseStepSize = change.inverseStepSize ?? inverseStepSize;
    cost = change.cost ?? cost;
    setTrajectories();
    for (const [v, server] of servers.entries()) {
      server.motion.rate = change.rates ?? server.motion.rate;
      if (server.tasks > 0) scheduleCompletion(v);
    }
    if (change.arrivalRate !== undefined) scheduleArrival(); // arrivals have no memory
  }

  function firstToComplete(): number {
    let first = 0;
    for (let v = 1; v < n; v++) {
      if (servers[v].completionTime < servers[first].completionTime) first = v;
    }
    return first;
  }

  function advanceTo(time: number): void {
    taskIntegral += tasksInSystem * (time - now);
    now = time;
  }

  /** Handles all events up to a time. */
  function runUntil(time: number): void {
    for (;;) {
      const first = firstToComplete();
      const next = Math.min(servers[first].completionTime, nextArrival, nextChange.time);
      if (next > time) return;
      advanceTo(next);
      if (next === nextChange.time) {
        handleChange(nextChange);
        nextChange = changes.next();
      } else if (next === nextArrival) handleArrival();
      else handleCompletion(first);
    }
  }

  function snapshot(time: number): Snapshot {
    const motions = servers.map((_, v) => motionAt(v, time));
    return {
      time,
      rates: motions.map(({ rate }) => rate),
      queueLengths: servers.map(({ tasks }) => tasks),
      idleSignals: motions.map(({ idleSignal }) => idleSignal),
      arrivals,
      dropped,
      departures: servers.reduce((total, { departures }) => total + departures, 0),
      departuresOf: servers.map(({ departures }) => departures),
      sojournTimes,
      rateIntegrals: motions.map(({ rateIntegral }) => rateIntegral),
      busyTimes: motions.map(({ busyTime }) => busyTime),
      taskIntegral: taskIntegral + tasksInSystem * (time - now),
    };
  }

  for (const [v, server] of servers.entries()) if (server.tasks > 0) startService(v);
  scheduleArrival();
  return options.sampleTimes.map((time) => {
    runUntil(time);
    return snapshot(time);
  });
}

/** The changes of a schedule one after the other, with a period for ever; after the last, one that never comes. */
function changesInOrder(schedule: readonly Change[], period?: number): { next(): Change } {
  let index = 0;
  let cycle = 0;
  return {
    next() {
      if (index === schedule.length && schedule.length > 0 && period !== undefined) {
        index = 0;
        cycle++;
      }
      if (index === schedule.length) return { time: Number.POSITIVE_INFINITY };
      const change = schedule[index++];
      return { ...change, time: change.time + cycle * (period ?? 0) };
    },
  };
}
