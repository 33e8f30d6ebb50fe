import { describe, expect, it } from 'vitest';
// @ts-expect-error a script, without types
import { allows, refused } from '../../scripts/licences.mjs';
// @ts-expect-error a script, without types
import { obstacles, released } from '../../scripts/release.mjs';

const CHANGELOG =
  '# Changelog\n\n## Unreleased\n\n- Something.\n\n## 1.1.0 – 2026-01-01\n\n- More.\n';
const ready = {
  version: '1.2.0',
  manifest: { version: '1.1.0', repository: { type: 'git', url: 'git+ssh://somewhere' } },
  changelog: CHANGELOG,
  changed: '',
  branch: 'main',
  tags: ['v1.0.0', 'v1.1.0'],
};

describe('a release', () => {
  it('is made of a tree that is ready', () => {
    expect(obstacles(ready)).toEqual([]);
  });

  it('may be the first, with the version that stands there', () => {
    expect(obstacles({ ...ready, version: '1.1.0', tags: [] })).toEqual([]);
  });

  it.each([
    ['no version', { version: undefined }, /not a version/],
    ['a word', { version: 'next' }, /not a version/],
    ['an earlier version', { version: '1.0.9' }, /not later than 1.1.0/],
    ['a version that there is', { version: '1.1.0' }, /already/],
    [
      'nothing to tell',
      { changelog: '# Changelog\n\n## Unreleased\n\n## 1.1.0\n\n- More.\n' },
      /Unreleased/,
    ],
    ['a changed file', { changed: ' M src/index.ts' }, /not clean/],
    ['another branch', { branch: 'topic' }, /made on main/],
    ['a source that nobody can find', { manifest: { version: '1.1.0' } }, /"repository"/],
  ])('is refused: %s', (_, change, reason) => {
    expect(obstacles({ ...ready, ...change }).join('\n')).toMatch(reason);
  });

  it('has its heading in the changelog, below an empty one for what comes next', () => {
    expect(released(CHANGELOG, '1.2.0', '2026-02-03')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 1.2.0 – 2026-02-03\n\n- Something.\n\n## 1.1.0 – 2026-01-01\n\n- More.\n',
    );
  });
});

describe('licences', () => {
  it('are read as SPDX expressions', () => {
    const free = new Set(['MIT', 'OFL-1.1']);
    expect(allows('(GPL-3.0 OR MIT)', free)).toBe(true);
    expect(allows('MIT AND OFL-1.1', free)).toBe(true);
    expect(allows('MIT AND GPL-3.0', free)).toBe(false);
    expect(allows(undefined, free)).toBe(false);
  });

  it('of what is bundled must be permissive; tools may also be free file by file', () => {
    const packages = {
      '': { license: 'MIT' },
      'node_modules/a': { license: 'MPL-2.0' },
      'node_modules/b': { license: 'MPL-2.0' },
      'node_modules/a/node_modules/c': { license: 'AGPL-3.0' },
      'node_modules/d': {},
    };
    expect(refused({ packages }, new Set(['b']))).toEqual([
      'b: MPL-2.0, bundled',
      'c: AGPL-3.0',
      'd: no licence',
    ]);
  });
});
