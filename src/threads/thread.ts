import { canShareMemory, startThread } from '#platform';
import type { Instance } from '../engine/instance.js';
import { STARTED } from '../engine/layout.js';
import { endOfUse, type MemoryPlan } from '../engine/memory.js';
import { EngineError } from '../errors.js';
import { hashName, type Run } from '../run/run.js';
import type { Signal } from './foreign.js';
import { readLive, setCancel } from './live.js';
import type { ThreadPort } from './port.js';
import { THREAD_PROGRAM } from './program.js';
import { columnsOf, type FromThread, type Piece } from './protocol.js';

/** The thread is gone, with what it was doing: out of memory, or crashed. */
export class ThreadDied extends EngineError {}

export interface LegOptions {
  signal?: Signal | undefined;
  /** bring the servers back at the end, where memory is not shared: for a run that may be prolonged, or go on
   * elsewhere; else they stay with the thread, and only their hash is known */
  bringServers?: boolean | undefined;
  /** called some twenty times a second */
  onProgress?: ((progress: { time: number; events: number }) => void) | undefined;
}

/** How threads are started; for pages whose policy forbids Blob workers, and for tests. */
export interface ThreadOptions {
  /** default: the bundled program, in a Blob or by `eval` */
  start?: (() => ThreadPort) | undefined;
  /** whether memory is shared; default: wherever it can be */
  share?: boolean | undefined;
  /** no thread at all */
  none?: boolean | undefined;
}

/** Milliseconds between two looks at a run in another thread. */
const WATCH = 50;

let lastKey = 0;

/**
 * Another thread, which runs kernels for us: in memory that both see where that can be had, else in memory of
 * its own, of which it sends us the parts that we look at.
 */
export class Thread {
  readonly #port: ThreadPort;
  readonly #share: boolean;
  /** instances that the thread has a kernel for */
  readonly #keys = new Map<Instance, number>();
  /** the run that is in the thread's own memory */
  #loaded: Run | undefined;
  #loadedPlan: MemoryPlan | undefined;
  #settle: { resolve: (message: FromThread) => void; reject: (error: Error) => void } | undefined;
  #mirror: (pieces: Piece[]) => void = () => {};
  #dead: string | undefined;

  private constructor(port: ThreadPort, share: boolean) {
    this.#port = port;
    this.#share = share;
    port.listen(
      (message) => {
        if (message.type === 'mirror') this.#mirror(message.pieces);
        else this.#settle?.resolve(message);
      },
      (why) => {
        this.#dead ??= why;
        this.#settle?.reject(new ThreadDied(`a thread died: ${why}`));
      },
    );
  }

  /** @returns null where there are no threads */
  static async start({ start, share, none }: ThreadOptions = {}): Promise<Thread | null> {
    if (none) return null;
    try {
      const port = start ? start() : startThread(THREAD_PROGRAM);
      const thread = new Thread(port, (share ?? true) && canShareMemory());
      await thread.#answer();
      port.hold(false);
      return thread;
    } catch {
      return null;
    }
  }

  /** Whether host and thread see the same memory. */
  get shares(): boolean {
    return this.#share;
  }

  get dead(): boolean {
    return this.#dead !== undefined;
  }

  /**
   * Runs on to `until`. The caller leaves the run alone meanwhile, but for its trajectory.
   * @returns false if it was cancelled
   * @throws {ThreadDied}
   */
  async leg(
    run: Run,
    until: number,
    { signal, onProgress, bringServers }: LegOptions = {},
  ): Promise<boolean> {
    const { plan, instance } = run;
    const key = this.#adopt(run);
    const reach = run.config.horizon;
    const cancel = () => (this.#share ? setCancel(run, true) : this.#port.post({ type: 'cancel' }));
    setCancel(run, false);
    run.knownHash = undefined;
    this.#mirror = (pieces) => {
      write(instance, pieces);
      onProgress?.(run);
    };
    this.#port.hold(true);
    signal?.addEventListener('abort', cancel);
    const watch =
      onProgress && this.#share ? setInterval(() => onProgress(readLive(run)), WATCH) : undefined;
    try {
      this.#port.post({
        type: 'leg',
        key,
        state: plan.state,
        until,
        head: plan.records,
        servers: bringServers ? plan.histogramPool : plan.records,
        columns: this.#share ? [] : columnsOf(plan),
        hash: until >= reach,
      });
      if (signal?.aborted) cancel();
      const message = await this.#answer();
      if (message.type === 'failed') throw new ThreadDied(`a thread failed: ${message.message}`);
      if (message.type !== 'done') throw new ThreadDied(`a thread said ${message.type}`);
      write(instance, message.pieces);
      run.wallSeconds += message.seconds;
      run.knownHash = message.hash === null ? undefined : hashName(message.hash);
      const reached = run.reached(message.code);
      onProgress?.(run);
      return reached;
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', cancel);
      this.#port.hold(false);
    }
  }

  /**
   * Helps another thread with the run, which must be in memory that both see, until that one is done with its leg.
   * @param member number of the helper: 1, 2, …
   * @throws {ThreadDied}
   */
  async assist(run: Run, member: number): Promise<void> {
    const key = this.#adopt(run);
    this.#port.hold(true);
    try {
      this.#port.post({ type: 'assist', key, state: run.plan.state, member });
      const message = await this.#answer();
      if (message.type !== 'dismissed') throw new ThreadDied(`a thread said ${message.type}`);
    } finally {
      this.#port.hold(false);
    }
  }

  /** Lets go of an instance, so that its memory can be freed. */
  forget(instance: Instance): void {
    const key = this.#keys.get(instance);
    if (key === undefined) return;
    this.#keys.delete(instance);
    this.#loaded = undefined;
    if (!this.dead) this.#port.post({ type: 'forget', key });
  }

  end(): void {
    this.#dead ??= 'it was ended';
    this.#port.end();
    this.#settle?.reject(new ThreadDied(`a thread died: ${this.#dead}`));
  }

  /** Gives the thread a kernel for the run's instance, and the run itself if memory is not shared. */
  #adopt(run: Run): number {
    const { instance, plan } = run;
    let key = this.#keys.get(instance);
    if (key === undefined) {
      key = ++lastKey;
      this.#keys.set(instance, key);
      const memory = this.#share ? instance.memory : null;
      this.#port.post({ type: 'adopt', key, module: instance.build.module, memory });
    }
    if (!this.#share && (this.#loaded !== run || this.#loadedPlan !== plan)) {
      this.#loaded = run;
      this.#loadedPlan = plan;
      const { initialRates, initialTasks } = run.config;
      const given = Array.isArray(initialRates) || Array.isArray(initialTasks);
      // servers that the kernel makes by itself need not be sent
      const withServers = given || run.state.getU32(STARTED) === 1;
      const end = withServers ? endOfUse(plan, run.state) : plan.records;
      const pieces = [
        { address: plan.state, end },
        { address: plan.costTables, end: plan.trajectory },
      ].map(({ address, end }) => {
        const own = new Uint8Array(instance.memory.buffer, address, end - address);
        return { address, bytes: new Uint8Array(own) };
      });
      this.#port.post(
        {
          type: 'load',
          key,
          state: plan.state,
          end: plan.histogramPool,
          pages: plan.pages,
          pieces,
        },
        pieces.map(({ bytes }) => bytes.buffer as ArrayBuffer),
      );
    }
    return key;
  }

  #answer(): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.#dead !== undefined) reject(new ThreadDied(`a thread died: ${this.#dead}`));
    });
  }
}

function write({ memory }: Instance, pieces: Piece[]): void {
  const bytes = new Uint8Array(memory.buffer);
  for (const piece of pieces) bytes.set(piece.bytes, piece.address);
}
