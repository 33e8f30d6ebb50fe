/** An empty project with the package as npm packs it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs what is built, into `directory`; the path of the tarball. */
export function pack(directory: string): string {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory];
  return join(directory, execFileSync('npm', args, { cwd: root }).toString().trim());
}

export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), 'ratescale-project-'));
  readonly tarball = pack(this.directory);
  readonly installed = join(this.directory, 'node_modules/ratescale');

  constructor() {
    // what `npm install` does with a package without dependencies
    mkdirSync(this.installed, { recursive: true });
    execFileSync('tar', ['xzf', this.tarball, '-C', this.installed, '--strip-components=1']);
    this.write('package.json', '{ "type": "module" }');
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Runs a program of the project; what it prints. */
  run(name: string, program: string): string {
    this.write(name, program);
    return execFileSync(process.execPath, [name], { cwd: this.directory }).toString().trim();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
