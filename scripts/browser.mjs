/** Finds Chromium and Firefox for the browser tests; on Debian, as root, installs what is missing. */
import { fileURLToPath } from 'node:url';
import { find, install } from './debian.mjs';

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

const FIREFOX = [
  process.env.FIREFOX,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:/Program Files/Mozilla Firefox/firefox.exe',
];

/** Path of a Chromium or Chrome; undefined if there is none. */
export const findBrowser = () => find(...CHROMIUM);

/** Path of a Firefox; undefined if there is none. */
export const findFirefox = () => find(...FIREFOX);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = [];
  if (!findBrowser()) missing.push('chromium');
  if (!findFirefox()) missing.push('firefox-esr');
  if (missing.length > 0) install(missing, 'the browser tests');
  if (!findFirefox()) {
    console.error(
      'The browser tests leave out Firefox, as there is none: install it (Debian: apt-get install firefox-esr), or set FIREFOX to its path.',
    );
  }
  if (!findBrowser()) {
    console.error(
      'The browser tests need Chromium or Chrome: install one (Debian: apt-get install chromium), or set CHROMIUM to its path.',
    );
    process.exit(1);
  }
}
