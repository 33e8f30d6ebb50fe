/** Connections to a queue that wait for it, whatever happens to it. */
import type { Redis } from 'ioredis';
import { ConfigError } from '../errors.js';
import type { Signal } from '../threads/foreign.js';
import { checkQueue, hideSecret, where } from './address.js';
import { loadPeers, type Peers } from './peers.js';
import { PREFIX, QUEUE } from './protocol.js';

/** Milliseconds between two attempts to reach a queue, at most. */
const PATIENCE = 2000;

/** What Redis says to who may not use it. */
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR (invalid password|DB index|AUTH))/;

export class Connection {
  readonly url: string;
  readonly peers: Peers;
  readonly redis: Redis;
  readonly #say: (message: string) => void;
  readonly #all: Redis[] = [];
  #gone = false;

  /**
   * @param say told when the queue cannot be reached, and when it can again
   * @param signal ends the waiting for a queue that cannot be reached
   * @throws {ConfigError} if the libraries are missing, the URL is none, or Redis refuses the user
   */
  static async open(
    queue: string,
    say: (message: string) => void,
    signal?: Signal,
  ): Promise<Connection> {
    const url = checkQueue(queue);
    const connection = new Connection(url, await loadPeers(), say);
    let giveUp = () => {};
    // a ping that waits for a connection is not answered when the client is told to stop
    const givenUp = new Promise<void>((resolve) => {
      giveUp = () => {
        connection.close();
        resolve();
      };
    });
    signal?.addEventListener('abort', giveUp);
    try {
      await Promise.race([connection.#check(), givenUp]);
    } catch (error) {
      connection.close();
      if (!signal?.aborted) throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    return connection;
  }

  private constructor(url: string, peers: Peers, say: (message: string) => void) {
    this.url = url;
    this.peers = peers;
    this.#say = say;
    this.redis = this.#connect();
    this.redis.on('close', () => this.#lost());
    this.redis.on('ready', () => this.#found());
  }

  /** One more connection: for what blocks, and for subscriptions. */
  another(): Redis {
    return this.#connect();
  }

  /** What BullMQ is told of the queue. */
  get options() {
    return { connection: this.redis, prefix: PREFIX, skipVersionCheck: true };
  }

  /** The BullMQ queue of packs. */
  packs() {
    const queue = new this.peers.bullmq.Queue(QUEUE, {
      ...this.options,
      // nobody reads BullMQ's own events
      streams: { events: { maxLen: 100 } },
    });
    queue.on('error', (error) => this.complain(error));
    return queue;
  }

  /** Says what went wrong, unless it is that the queue is gone, which has been said. */
  complain({ message }: Error): void {
    if (/ECONN|EPIPE|ETIMEDOUT|Connection is closed|LOADING/.test(message)) return;
    this.#say(`${where(this.url)}: ${hideSecret(message)}`);
  }

  close(): void {
    for (const redis of this.#all) redis.disconnect();
  }

  #connect(): Redis {
    const redis = new this.peers.Redis(this.url, {
      maxRetriesPerRequest: null, // commands wait until the queue is back
      retryStrategy: (times) => Math.min(100 * times, PATIENCE),
      keepAlive: 10_000,
      // a replica that was a master, or one that is still loading
      reconnectOnError: ({ message }) => /^(READONLY|LOADING)/.test(message) && 2,
    });
    redis.on('error', () => {}); // it tries again by itself; `close` says so
    this.#all.push(redis);
    return redis;
  }

  /** Waits for the queue. A user whom it refuses need not wait. */
  #check(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.redis.on('error', ({ message }) => {
        if (!REFUSED.test(message)) return;
        reject(new ConfigError('queue', `${where(this.url)} refuses the connection: ${message}`));
      });
      this.redis.ping().then(
        () => resolve(),
        ({ message }) => {
          reject(new ConfigError('queue', `${where(this.url)} refuses to answer: ${message}`));
        },
      );
    });
  }

  #lost(): void {
    if (this.#gone || this.redis.status === 'end') return;
    this.#gone = true;
    this.#say(`${where(this.url)} cannot be reached; waiting for it`);
  }

  #found(): void {
    if (!this.#gone) return;
    this.#gone = false;
    this.#say(`${where(this.url)} is back`);
  }
}
