/** Commands of a fleet that run in a directory beside each other, and are gone when the tests are. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Directory, MAIN } from '../cli/ratescale.js';

const alive = new Set<Command>();
afterAll(() => {
  for (const command of alive) command.kill('SIGKILL');
});

/** A command under way. */
export class Command {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** @param queue what RATESCALE_QUEUE says */
  constructor(here: Directory, args: readonly string[], queue?: string) {
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      cwd: here.path,
      env: { ...process.env, ...(queue !== undefined && { RATESCALE_QUEUE: queue }) },
    });
    this.#child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.#child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    alive.add(this);
    this.ended = once(this.#child, 'close').then(([code]) => {
      alive.delete(this);
      return code as number | null;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has said something on stderr. */
  async says(words: RegExp): Promise<void> {
    while (!words.test(this.stderr)) {
      if (!alive.has(this)) throw new Error(`it ended, and said "${this.stderr}"`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Every file of a directory with its content. */
export function contents(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}
