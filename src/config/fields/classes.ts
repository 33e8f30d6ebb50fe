import * as v from 'valibot';
import type { CostChoice } from '../../cost/cost.js';
import { ConfigError } from '../../errors.js';
import { type Domain, object, whole } from '../domain.js';
import { field } from '../field.js';
import { mustBe } from '../messages.js';
import { type CostFields, completeCost, partialCost } from './cost.js';
import { type CompleteStart, completeStart, type StartFields, start } from './start.js';
import { MAX_SERVERS } from './system.js';

/** A group of servers. */
export interface ServerClass extends StartFields, CostFields {
  /** how many servers are in it */
  servers: number;
}

export interface ClassFields {
  /**
   * groups of servers, 1 … 100 of them, in order of id: `[{ servers, cost, initialRates, initialTasks }, …]`. Their numbers add up to that
   * of the system, and what a class does not say is as in the system; lists of the system go on from class to class. The g and h of
   * a class steer its servers; the cost of delay of the whole is by the system's g. Default: all servers are alike
   */
  classes?: readonly ServerClass[];
}

/** A class with everything filled in. */
export interface CompleteClass extends CompleteStart {
  servers: number;
  cost: CostChoice;
}

type Given = { servers: number; cost?: Partial<CostChoice> } & Partial<CompleteStart>;

const MOST_CLASSES = 100;
const WORDS = `a list of 1 to ${MOST_CLASSES} classes, each { servers, cost, initialRates, initialTasks }`;

const one: v.GenericSchema<unknown, Given> = object({
  servers: whole(1, MAX_SERVERS).schema,
  cost: v.exactOptional(partialCost),
  initialRates: v.exactOptional(start.initialRates.takes.schema),
  initialTasks: v.exactOptional(start.initialTasks.takes.schema),
});

const domain: Domain<Given[]> = {
  schema: v.pipe(
    v.custom<unknown[]>(
      (list) => Array.isArray(list) && list.length > 0 && list.length <= MOST_CLASSES,
      mustBe(WORDS),
    ),
    v.array(one, mustBe(WORDS)),
  ),
  words: WORDS,
  range: `a list of 1 … ${MOST_CLASSES} classes`,
};

/** @internal */
export const classes = field<Given[] | undefined>({
  group: 'system',
  meaning: 'groups of servers with their own cost, initial rates and initial tasks',
  takes: domain,
  otherwise: 'all servers alike',
});

/** Every class spelt out. @throws {ConfigError} unless their numbers of servers add up, or as `completeStart` */
export function completeClasses(
  classes: readonly Given[] | undefined,
  system: CompleteStart & { servers: number; buffer: number | 'inf'; cost: CostChoice },
): { classes?: CompleteClass[] } {
  if (classes === undefined) return {};
  const total = classes.reduce((sum, { servers }) => sum + servers, 0);
  if (total !== system.servers) {
    throw new ConfigError(
      'classes',
      `have ${total} servers together; must be as many as the system, ${system.servers}`,
    );
  }
  let first = 0;
  return {
    classes: classes.map(({ servers, cost, ...own }, i) => {
      const from = first;
      first += servers;
      const part = <T>(values: T | number[]) =>
        Array.isArray(values) ? values.slice(from, first) : values;
      const { buffer, initialRates, initialTasks } = system;
      try {
        const start = completeStart({
          servers,
          buffer,
          initialRates: own.initialRates ?? part(initialRates),
          initialTasks: own.initialTasks ?? part(initialTasks),
        });
        return { servers, cost: completeCost({ ...system.cost, ...cost }), ...start };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw new ConfigError(
          `classes[${i}].${error.field}`,
          error.message.slice(error.field.length + 2),
        );
      }
    }),
  };
}
