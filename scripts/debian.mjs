/** What the tests need of the system: finds it or, on Debian, as root, installs it. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

// Debian's hooks ask this file whether a package may start its daemon
const POLICY = '/usr/sbin/policy-rc.d';

/** The first of these paths that exists; undefined if none does. */
export const find = (...places) => places.find((path) => path && existsSync(path));

/** Installs packages with apt-get; their daemons do not start. Where it fails, the caller finds nothing. */
export function install(packages, purpose) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.error(`installing ${packages.join(' and ')} for ${purpose}, with apt-get …`);
  const apt = (...args) =>
    execFileSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const own = !existsSync(POLICY);
  if (own) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  } catch {
    // the caller says what to do
  } finally {
    if (own) rmSync(POLICY);
  }
}
