/** Where an arriving task goes: the definitions, carried out literally on lists of servers. */
import type { Sfc32 } from './random.js';

export type DispatchRule =
  | 'jiq'
  | 'longest-idle'
  | 'shortest-idle'
  | 'random'
  | 'round-robin'
  | 'jsq'
  | { choices: number };

/** What a rule may look at. */
export interface ServerInView {
  /** Tasks at the server, the one in service included. */
  tasks: number;
  /** When it last became idle; means nothing while busy. */
  idleSince: number;
}

export interface Dispatcher {
  /** The server that gets the next task; undefined if the task is lost. */
  next(servers: readonly ServerInView[]): number | undefined;
}

/** Servers that have been idle equally long, as at the start, are equally likely. */
export function dispatcher(rule: DispatchRule, capacity: number, random: Sfc32): Dispatcher {
  const pick = (candidates: readonly number[]) =>
    candidates.length > 0 ? candidates[random.integer(candidates.length)] : undefined;

  const such = (servers: readonly ServerInView[], that: (server: ServerInView) => boolean) =>
    [...servers.keys()].filter((v) => that(servers[v]));

  /** An idle server, chosen by `preference`; none idle: any server with room. */
  const idleFirst = (
    preference: (servers: readonly ServerInView[], idle: number[]) => number[],
  ) => ({
    next(servers: readonly ServerInView[]) {
      const idle = such(servers, ({ tasks }) => tasks === 0);
      return pick(
        idle.length > 0
          ? preference(servers, idle)
          : such(servers, ({ tasks }) => tasks < capacity),
      );
    },
  });

  /** The server that `choose` names, if it has room. */
  const blindToRoom = (choose: (servers: readonly ServerInView[]) => number) => ({
    next(servers: readonly ServerInView[]) {
      const chosen = choose(servers);
      return servers[chosen].tasks < capacity ? chosen : undefined;
    },
  });

  const shortestOf = (servers: readonly ServerInView[], sample: readonly number[]) => {
    const shortest = Math.min(...sample.map((v) => servers[v].tasks));
    return pick(sample.filter((v) => servers[v].tasks === shortest)) as number;
  };

  switch (rule) {
    case 'jiq':
      return idleFirst((_, idle) => idle);
    case 'longest-idle':
      return idleFirst((servers, idle) => {
        const first = Math.min(...idle.map((v) => servers[v].idleSince));
        return idle.filter((v) => servers[v].idleSince === first);
      });
    case 'shortest-idle':
      return idleFirst((servers, idle) => {
        const last = Math.max(...idle.map((v) => servers[v].idleSince));
        return idle.filter((v) => servers[v].idleSince === last);
      });
    case 'random':
      return blindToRoom((servers) => random.integer(servers.length));
    case 'round-robin': {
      let turn = -1;
      return blindToRoom((servers) => {
        turn = (turn + 1) % servers.length;
        return turn;
      });
    }
    case 'jsq':
      return blindToRoom((servers) => shortestOf(servers, [...servers.keys()]));
    default:
      return blindToRoom((servers) => {
        const sample = new Set<number>();
        while (sample.size < rule.choices) sample.add(random.integer(servers.length));
        return shortestOf(servers, [...sample]);
      });
  }
}
