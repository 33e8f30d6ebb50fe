/** Finds redis-server for the tests of a fleet; on Debian, as root, installs it. */
import { fileURLToPath } from 'node:url';
import { find, install } from './debian.mjs';

const findRedis = () =>
  find(
    process.env.REDIS_SERVER,
    '/usr/bin/redis-server',
    '/usr/local/bin/redis-server',
    '/opt/homebrew/bin/redis-server',
  );

/** Path of a redis-server, installed if need be; rejects with what to do where there is none. */
export async function redisServer() {
  if (!findRedis()) install(['redis-server'], 'the tests of a fleet');
  const path = findRedis();
  if (path) return path;
  throw new Error(
    'The tests of a fleet need redis-server: install it (Debian: apt-get install redis-server), or set REDIS_SERVER to its path.',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await redisServer();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
