/** A Redis of a test's own, on a free port of this machine, which goes with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
// @ts-expect-error a script of the build, without types
import { redisServer } from '../../scripts/redis.mjs';
import { freePort } from './free-port.js';

export interface RedisOptions {
  /** an append-only file, from which it goes on after a restart; default none: it forgets */
  appendOnly?: boolean;
  password?: string;
}

const running = new Set<TestRedis>();
afterAll(async () => {
  for (const redis of running) await redis.stop();
});

export class TestRedis {
  readonly port: number;
  readonly #options: RedisOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ratescale-redis-'));
  #process: ChildProcess | undefined;

  static async start(options: RedisOptions = {}): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), options);
    await redis.start();
    return redis;
  }

  private constructor(port: number, options: RedisOptions) {
    this.port = port;
    this.#options = options;
    running.add(this);
  }

  get url(): string {
    const { password } = this.#options;
    return `redis://${password ? `:${password}@` : ''}127.0.0.1:${this.port}/0`;
  }

  /** A client for a look inside; the caller disconnects it. */
  client(): Redis {
    return new Redis(this.url, { maxRetriesPerRequest: null });
  }

  /** Starts it, once more on the same port if it has been killed. */
  async start(): Promise<void> {
    const { appendOnly = false, password } = this.#options;
    this.#process = spawn(
      await redisServer(),
      [
        ...['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', ''],
        ...['--dir', this.#directory, '--appendonly', appendOnly ? 'yes' : 'no'],
        ...['--appendfsync', 'everysec', '--loglevel', 'warning'],
        ...(password ? ['--requirepass', password] : []),
      ],
      { stdio: 'ignore' },
    );
    const client = this.client();
    client.on('error', () => {});
    await client.ping();
    client.disconnect();
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? {};
    if (!this.#process || exitCode !== null || signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
