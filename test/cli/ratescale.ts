/** Runs the built command as a user does, each time in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

const directories: string[] = [];
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true });
});

export class Directory {
  readonly path = mkdtempSync(join(tmpdir(), 'ratescale-'));

  constructor(contents: Record<string, unknown> = {}) {
    directories.push(this.path);
    for (const [name, content] of Object.entries(contents)) this.write(name, content);
  }

  write(name: string, content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(this.path, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  files(): string[] {
    return readdirSync(this.path).sort();
  }

  /** Runs the command here; `meanwhile` may disturb it. */
  run(args: string[], meanwhile?: (child: ChildProcess) => void): Promise<Outcome> {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: this.path });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      outcome.stdout += data;
    });
    child.stderr.on('data', (data) => {
      outcome.stderr += data;
    });
    meanwhile?.(child);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...outcome, code }));
    });
  }

  /** Runs and expects success; the JSON object that was printed. */
  async json(args: string[]) {
    const { code, stdout, stderr } = await this.run(['run', ...args, '--json']);
    if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}, stderr: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Once the run has opened its trajectory file, and some more time to be under way. */
  async underWay(milliseconds: number): Promise<void> {
    while (!this.files().some((name) => name.endsWith('.tmp'))) await sleep(20);
    await sleep(milliseconds);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A small system that runs in milliseconds, as flags. */
export const SMALL = ['-n', '10', '-l', '0.8', '-m', '500', '-T', '100'];
