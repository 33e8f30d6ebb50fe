import { ConfigError } from '../errors.js';

export interface Peers {
  bullmq: typeof import('bullmq');
  Redis: typeof import('ioredis').Redis;
}

/** The libraries that only a fleet needs. @throws {ConfigError} that says what to install */
export async function loadPeers(): Promise<Peers> {
  const [bullmq, ioredis] = await Promise.all([load('bullmq'), load('ioredis')]);
  const missing = Object.entries({ bullmq, ioredis }).flatMap(([name, found]) =>
    found === null ? [name] : [],
  );
  if (missing.length > 0) {
    throw new ConfigError(
      'queue',
      `needs ${missing.join(' and ')}: npm install ${missing.join(' ')}`,
    );
  }
  return { bullmq, Redis: ioredis.Redis } as Peers;
}

/** By a name that bundlers do not follow: most pages that sweep have no fleet, and need not have its libraries. */
// biome-ignore lint/suspicious/noExplicitAny: one of two modules, whose types the caller knows
async function load(name: string): Promise<any> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
