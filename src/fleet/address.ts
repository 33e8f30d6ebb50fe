/** Where the queue is: the URL of a Redis. It may hold a password, so nothing but `where` is ever shown. */
import { ConfigError } from '../errors.js';

const ALLOWED = 'a URL such as redis://host:6379/0, or rediss://… for TLS';

/** @throws {ConfigError} unless it is the URL of a Redis */
export function checkQueue(queue: unknown): string {
  const url = typeof queue === 'string' && URL.canParse(queue) ? new URL(queue) : null;
  if (typeof queue === 'string' && url && /^rediss?:$/.test(url.protocol) && url.hostname) {
    if (!/^(\/\d*)?$/.test(url.pathname) || url.search || url.hash) {
      throw new ConfigError(
        'queue',
        `got ${where(queue)} with something else behind it; after the host may come the number of a database alone`,
      );
    }
    return queue;
  }
  const given =
    typeof queue === 'string' ? `"${hideSecret(queue)}"` : queue === null ? 'null' : typeof queue;
  throw new ConfigError('queue', `got ${given}; must be ${ALLOWED}`);
}

/** A queue without user and password. */
export function where(queue: string): string {
  const { protocol, host, pathname } = new URL(queue);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Text in which a URL may stand, without what stands before the host. */
export function hideSecret(text: string): string {
  return text.replace(/[^\s/"]*:\/\/\S*@|^\S*@/g, (match) => {
    const scheme = /^[a-z]+:\/\//i.exec(match)?.[0] ?? '';
    return `${scheme}…@`;
  });
}
