/** A project in which ratescale is installed, as who follows a recipe has it. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Directory, MAIN } from '../cli/ratescale.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export class Project extends Directory {
  constructor(files: Record<string, unknown>) {
    super(files);
    const modules = join(this.path, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    symlinkSync(root, join(modules, 'ratescale'));
    symlinkSync(MAIN, join(modules, '.bin/ratescale'));
  }

  /** Runs the command here; rejects unless it succeeds. */
  async ratescale(...args: string[]): Promise<void> {
    await run(process.execPath, [MAIN, ...args], { cwd: this.path });
  }

  /** Puts a shell script in the place of a file. */
  script(name: string, text: string): void {
    const path = join(this.path, name);
    rmSync(path, { force: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** What jobs have printed here, for the message of a test that fails. */
  logs = (): string =>
    this.files()
      .filter((name) => name.endsWith('.out'))
      .map((name) => `${name}:\n${this.read(name)}`)
      .join('\n');
}

/** Every file of a directory with its content. */
export function contents(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}

/** What one machine makes of a plan. */
export async function alone(plan: object): Promise<Record<string, string>> {
  const here = new Project({ 'plan.json': plan });
  await here.ratescale('sweep', 'plan.json', '--out', 'results', '--quiet');
  return contents(join(here.path, 'results'));
}
