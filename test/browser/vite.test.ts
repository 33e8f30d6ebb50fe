/** The package as npm packs it, built by Vite into a site, in the browsers that there are: see test/consumers/ for other bundlers. */

import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findFirefox } from '../../scripts/browser.mjs';
import { everywhere, PAGE, SHOW, visit } from '../consumers/page.js';
import { expected, program } from '../consumers/program.js';
import { Project } from '../package/project.js';
import { openChromium, startFirefox } from './browsers.js';

let project: Project;
let sites: Record<string, string>;

beforeAll(async () => {
  project = new Project();
  project.write('main.js', program(SHOW));
  project.write('index.html', PAGE);
  await build({ root: project.directory, base: './', logLevel: 'error', configFile: false });
  sites = { vite: project.path('dist') };
});

afterAll(() => project?.remove());

const browsers: [string, Parameters<typeof visit>[1]][] = [
  [
    'Chromium',
    async (address) => {
      const pages = await openChromium();
      await pages.open(address);
      return pages;
    },
  ],
];
if (findFirefox()) browsers.push(['Firefox', async (address) => startFirefox(address)]);

describe.each(browsers)('in %s', (_, open) => {
  it('a site that Vite builds finds the bits of Node: plain, isolated, and under a strict policy', async () => {
    expect(await visit(sites, open)).toEqual(everywhere(sites, await expected()));
  });
});
