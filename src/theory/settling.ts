import { type CostClass, classFixedPoint, meanOver } from './class-rates.js';
import {
  type CommonRateModel,
  commonRateModel,
  MANY_SERVERS,
  OTHER_WORK,
  queuesNegligible,
  unitModel,
} from './common-rate.js';
import { restPoint } from './fixed-point.js';
import { queueingFixedPoint } from './queueing.js';
import { type System, serversAreIndependent } from './system.js';

/** Where adaptive rates settle as m → ∞. */
export interface Settled {
  /** of each class; one if there are none */
  rates: number[];
  idleSignals: number[];
  /** objective (2.1) there; null where the sojourn time is not known */
  cost: number | null;
  /** what it is if it is not exact, as the end of "known …" */
  approximation: string | null;
  /** whether buffers make no difference, as they are of one task or hardly ever hold more */
  unit: boolean;
}

/**
 * The fixed point of the averaged dynamics (2.3) of any system.
 * @throws {Error} where it is not known, with the reason; `ConfigError` for a cost that has none
 */
export function settle(system: System): Settled {
  const { classes, servers, arrivalRate, room, dispatch, work, cost } = system;
  if (classes) return settleClasses(system, classes);
  if (room > 1 && !serversAreIndependent(system)) {
    const unit = ofModel(system, unitModel(system));
    if (queuesNegligible(system, unit.load, unit.blockingProbability)) return unit;
    if (dispatch === 'jiq' && work.exponential) {
      const { rate, idleSignal } = queueingFixedPoint(cost, arrivalRate, servers, room);
      return {
        rates: [rate],
        idleSignals: [idleSignal],
        cost: null,
        approximation: null,
        unit: false,
      };
    }
  }
  return ofModel(system, commonRateModel(system));
}

function ofModel({ cost, arrivalRate, work }: System, model: CommonRateModel) {
  const rate = restPoint(cost, arrivalRate, model.idleSignal);
  const { idleSignal, blockingProbability, meanTasks } = model.law(rate);
  const unit = model.unit;
  const sojourn = unit ? work.mean / rate : meanTasks / (arrivalRate * (1 - blockingProbability));
  return {
    rates: [rate],
    idleSignals: [idleSignal],
    cost:
      sojourn < Number.POSITIVE_INFINITY ? arrivalRate * cost.g(1 / sojourn) + cost.h(rate) : null,
    approximation: model.approximation,
    unit,
    load: (arrivalRate / rate) * work.mean,
    blockingProbability,
  };
}

function settleClasses(system: System, classes: readonly CostClass[]): Settled {
  const { servers, arrivalRate, room, dispatch, choices, work } = system;
  if (serversAreIndependent(system)) return settleIndependent(system, classes);
  if (choices === null) {
    throw new Error(`classes of servers under ${dispatch} are not known`);
  }
  if (work.mean !== 1) throw new Error('classes of servers are known for work of mean 1 only');
  const point = classFixedPoint(classes, arrivalRate, choices);
  const { rates, idleSignals, meanSojournTime, blockingProbability, exact } = point;
  if (room > 1) {
    const busy = meanSojournTime * arrivalRate;
    // in the limit none are blocked: then so many servers must be idle that it takes many standard deviations for none to be
    const certain = exact || choices < servers || servers * (1 - busy) > 10 * Math.sqrt(servers);
    if (!(certain && queuesNegligible(system, busy, blockingProbability))) {
      throw new Error(
        'queues of classes of servers are not known, and too frequent to be neglected',
      );
    }
  }
  const other = work.exponential ? null : OTHER_WORK;
  return {
    rates,
    idleSignals,
    cost: objective(system, classes, rates, meanSojournTime),
    approximation: exact ? other : MANY_SERVERS,
    unit: true,
  };
}

/** Each class by itself. */
function settleIndependent(system: System, classes: readonly CostClass[]): Settled {
  const { arrivalRate, room } = system;
  const model = commonRateModel(system);
  const rates = classes.map(({ cost }) => restPoint(cost, arrivalRate, model.idleSignal));
  const laws = rates.map(model.law);
  const mean = meanOver(classes);
  const tasks = mean((k) => laws[k]?.meanTasks as number);
  const accepted = mean((k) => 1 - (laws[k]?.blockingProbability as number)) * arrivalRate;
  return {
    rates,
    idleSignals: laws.map(({ idleSignal }) => idleSignal),
    cost: objective(system, classes, rates, tasks / accepted),
    approximation: model.approximation,
    unit: room === 1,
  };
}

/** λ g(1/E[S]) + mean_v h_v(μ_v) */
function objective(
  { cost, arrivalRate }: System,
  classes: readonly CostClass[],
  rates: readonly number[],
  sojourn: number,
): number | null {
  if (sojourn === Number.POSITIVE_INFINITY) return null;
  const power = meanOver(classes)((k) => classes[k]?.cost.h(rates[k] as number) as number);
  return arrivalRate * cost.g(1 / sojourn) + power;
}
