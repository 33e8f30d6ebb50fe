/**
 * npm run release -- 1.2.0: makes this tree release 1.2.0, if it is ready for that: package.json and the lock file get the
 * version, CHANGELOG.md its heading, and both become a commit with a tag. Nothing is published from here: that is for a
 * workflow that runs `npm publish` for the tag, where npm can vouch for where the package was built (`publishConfig.provenance`).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const UNRELEASED = /^## Unreleased\n+(?=- )/m;

/** Why `version` cannot be released; empty if it can. */
export function obstacles({ version, manifest, changelog, changed, branch, tags }) {
  const found = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '')) {
    found.push(`${version ?? 'nothing'} is not a version: give one such as 1.2.0`);
  } else if (!isLater(version, manifest.version) && tags.includes(`v${manifest.version}`)) {
    found.push(`${version} is not later than ${manifest.version}, which is released`);
  }
  if (tags.includes(`v${version}`)) found.push(`there is a tag v${version} already`);
  if (!UNRELEASED.test(changelog)) {
    found.push('CHANGELOG.md has nothing under "## Unreleased": say what users will notice');
  }
  if (changed !== '') found.push(`the tree is not clean; commit or remove:\n${changed}`);
  if (branch !== 'main') found.push(`this is branch ${branch}; releases are made on main`);
  if (!manifest.repository?.url) {
    found.push(
      'package.json has no "repository": npm vouches for a package only if it says where its source is',
    );
  }
  return found;
}

/** The changelog with the release's own heading under an empty "Unreleased". */
export function released(changelog, version, date) {
  return changelog.replace(UNRELEASED, `## Unreleased\n\n## ${version} – ${date}\n\n`);
}

function isLater(a, b) {
  const [x, y] = [a, b].map((version) => version.split('-')[0].split('.').map(Number));
  const at = x.findIndex((part, i) => part !== y[i]);
  return at >= 0 && x[at] > y[at];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const version = process.argv[2];
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const found = obstacles({
    version,
    manifest: JSON.parse(readFileSync('package.json', 'utf8')),
    changelog,
    changed: git('status', '--porcelain'),
    branch: git('rev-parse', '--abbrev-ref', 'HEAD'),
    tags: git('tag').split('\n'),
  });
  if (found.length > 0) {
    for (const line of found) console.error(`release: ${line}`);
    process.exit(1);
  }
  for (const step of ['check', 'check:consumers']) {
    execFileSync('npm', ['run', step], { stdio: 'inherit' });
  }
  writeFileSync(
    'CHANGELOG.md',
    released(changelog, version, new Date().toISOString().slice(0, 10)),
  );
  execFileSync('npm', ['version', version, '--no-git-tag-version', '--allow-same-version'], {
    stdio: 'inherit',
  });
  git('commit', '--all', '--message', `Release ${version}`);
  git('tag', '--annotate', `v${version}`, '--message', version);
  console.log(`Release ${version} is committed and tagged. Push both: git push --follow-tags`);
}
