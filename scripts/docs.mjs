/**
 * npm run docs: the documentation as a site, in site/. Its pages are the Markdown files of the repository, the reference of the
 * library made from the docstrings, and the reference of the command made from the command itself. A link that leads nowhere
 * fails the build.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { commandLineReference } from './command-line-reference.mjs';

/** The pages, in order; the name of a page is its heading. */
const CONTENTS = {
  Start: ['docs/tutorial.md'],
  Guides: [
    ...[
      'docs/running.md',
      'docs/which-m.md',
      'docs/warm-up.md',
      'docs/custom-costs.md',
      'docs/sweeps.md',
    ],
    ...['docs/compare.md', 'docs/trajectories.md', 'docs/notebooks.md', 'docs/checkpoints.md'],
    'docs/browser.md',
    ...['docs/wider-model.md', 'docs/fleet.md'],
  ],
  Reference: ['docs/configuration.md', 'docs/command-line.md'],
  Background: [
    ...['docs/model.md', 'docs/exactness.md', 'docs/theory.md', 'docs/paper.md'],
    ...['docs/experiments.md', 'docs/speed.md', 'docs/decisions/README.md', 'ARCHITECTURE.md'],
  ],
  Project: ['CHANGELOG.md', 'CONTRIBUTING.md'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Where the pages get what the site generator asks of them: their titles and places. */
const STAGE = 'build/docs';

rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });
for (const path of [
  'README.md',
  'LICENSE',
  'CITATION.cff',
  'docs',
  'examples',
  'bench/results',
  'recipes',
]) {
  if (existsSync(path)) cpSync(path, join(STAGE, path), { recursive: true });
}
writeFileSync(join(STAGE, 'docs/command-line.md'), await commandLineReference());
// the site has a heading for its first page
const readme = readFileSync('README.md', 'utf8').replace(/^# .*\n+/, '');
writeFileSync(join(STAGE, 'README.md'), readme);

const documents = [];
for (const [group, pages] of Object.entries(CONTENTS)) {
  for (const page of pages) {
    if (page !== 'docs/command-line.md' && !existsSync(page)) continue;
    stage(page, group);
    documents.push(join(STAGE, page));
  }
}
for (const name of readdirSync('docs/decisions').sort()) {
  if (name === 'README.md') continue;
  stage(`docs/decisions/${name}`, 'Background');
}

/** A page whose heading has become its title. */
function stage(page, group) {
  const path = join(STAGE, page);
  const text = readFileSync(existsSync(path) ? path : page, 'utf8');
  const [, title] = /^# (.*)\n/.exec(text) ?? [];
  if (!title) throw new Error(`${page} does not begin with a heading`);
  // the decisions are pages below their list
  const children =
    page === 'docs/decisions/README.md'
      ? readdirSync('docs/decisions')
          .filter((name) => name !== 'README.md')
          .sort()
      : [];
  const matter = [`title: ${JSON.stringify(title)}`, `group: ${group}`];
  if (children.length > 0) matter.push('children:', ...children.map((name) => `  - ./${name}`));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `---\n${matter.join('\n')}\n---\n\n${text}`);
}

const application = await Application.bootstrap({
  name: 'ratescale',
  readme: join(STAGE, 'README.md'),
  projectDocuments: documents,
  entryPoints: [
    'src/index.ts',
    'src/theory/index.ts',
    'src/studies/index.ts',
    'src/charts/index.ts',
  ],
  tsconfig: 'tsconfig.json',
  out: 'site',
  cleanOutputDir: true,
  includeVersion: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  searchInDocuments: true,
  highlightLanguages: [
    'typescript',
    'json',
    'jsonc',
    'yaml',
    'shell',
    'html',
    'http',
    'csv',
    'python',
    'r',
    'toml',
  ],
  suppressCommentWarningsInDeclarationFiles: true,
  groupOrder: [...Object.keys(CONTENTS), '*'],
  navigation: { includeGroups: true },
  sort: ['documents-first', 'kind', 'alphabetical-ignoring-documents'],
  validation: {
    notExported: false,
    invalidLink: true,
    invalidPath: true,
    notDocumented: false,
    unusedMergeModuleWith: true,
  },
  treatWarningsAsErrors: true,
});
const project = await application.convert();
if (!project) process.exit(1);
application.validate(project);
await application.generateOutputs(project);
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exit(1);

const dead = deadLinks('site');
for (const link of dead) console.error(`dead link: ${link}`);
if (dead.length > 0) process.exit(1);
console.log(`the documentation is in ${resolve('site')}`);

/** Links of pages in a directory to files, and places in files, that are not there. */
function deadLinks(directory) {
  const pages = readdirSync(directory, { recursive: true }).filter((name) =>
    name.endsWith('.html'),
  );
  const html = new Map(
    pages.map((name) => [resolve(directory, name), readFileSync(join(directory, name), 'utf8')]),
  );
  const ids = new Map(
    [...html].map(([path, text]) => [
      path,
      new Set(Array.from(text.matchAll(/ id="([^"]*)"/g), ([, id]) => id)),
    ]),
  );
  const found = [];
  for (const [path, text] of html) {
    for (const [, href] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(href)) continue;
      const [file, place] = href.replaceAll('&amp;', '&').split('#');
      const target = file ? resolve(dirname(path), decodeURIComponent(file)) : path;
      const there =
        place && ids.has(target)
          ? ids.get(target).has(decodeURIComponent(place))
          : existsSync(target);
      if (!there) found.push(`${path.slice(resolve(directory).length + 1)} → ${href}`);
    }
  }
  return found;
}
