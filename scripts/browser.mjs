/** Finds Chromium for the browser tests; on Debian, as root, installs it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** Path of a Chromium or Chrome; undefined if there is none. */
export function findBrowser() {
  return PLACES.find((path) => path && existsSync(path));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !findBrowser()) {
  const install = (...args) =>
    execFileSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    console.error('no Chromium found for the browser tests; installing it with apt-get …');
    install('update');
    install('install', '-y', '--no-install-recommends', 'chromium');
  } catch {
    // the message below says what to do
  }
  if (!findBrowser()) {
    console.error(
      'The browser tests need Chromium or Chrome: install one (Debian: apt-get install chromium), or set CHROMIUM to its path.',
    );
    process.exit(1);
  }
}
