/** The tarball: what is in it, and what the tools that judge packages say of it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project, root } from './project.js';

let project: Project;

beforeAll(() => {
  project = new Project();
});

afterAll(() => project?.remove());

const files = () =>
  readdirSync(project.installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(project.installed.length + 1));

const manifest = () => JSON.parse(readFileSync(join(project.installed, 'package.json'), 'utf8'));

describe('the tarball', () => {
  it('is at most 1.3 MB, and has what runs, its types and its licences', () => {
    expect(statSync(project.tarball).size).toBeLessThan(1.3e6);
    const kinds = new Set(files().map((file) => file.split('/').slice(0, 1)[0]));
    expect([...kinds].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'examples',
      'package.json',
    ]);
  });

  it('has no sources, no maps of them, no tests, and nothing of this machine', () => {
    const strange = files().filter((file) =>
      /\.map$|(?<!\.d)\.ts$|\.test\.|^dist\/cli\/.*\.d\.ts$|node_modules|\.tgz$/.test(file),
    );
    // an example may be TypeScript
    expect(strange.filter((file) => !file.startsWith('examples/'))).toEqual([]);
    for (const file of files().filter((name) => /\.(js|json|html|md)$/.test(name))) {
      const text = readFileSync(join(project.installed, file), 'utf8');
      expect(text.includes(root), file).toBe(false);
    }
  });

  it('has every file that its manifest names', () => {
    const { exports, bin, imports } = manifest();
    const named = JSON.stringify({ exports, bin, imports }).match(/"\.\/[^"]*\.\w+"/g) as string[];
    expect(named.length).toBeGreaterThan(15);
    for (const path of named.map((quoted) => JSON.parse(quoted))) {
      if (path === './package.json' || path.startsWith('./dist/')) {
        expect(statSync(join(project.installed, path)).isFile(), path).toBe(true);
      }
    }
  });

  it('says who may use it, and how it is published', () => {
    const { license, engines, sideEffects, publishConfig, type } = manifest();
    expect({ license, sideEffects, type }).toEqual({
      license: 'MIT',
      sideEffects: false,
      type: 'module',
    });
    expect(engines.node).toMatch(/^>=20/);
    expect(publishConfig).toEqual({ access: 'public', provenance: true });
  });
});

describe('those who judge packages', () => {
  const bytes = () => {
    const { buffer, byteOffset, length } = readFileSync(project.tarball);
    return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
  };

  it('publint finds nothing, suggestions included', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: bytes() }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('Are the types wrong? They are right wherever ES modules can be loaded', async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes())));
    if (checked.types === false) throw new Error('there are no types');
    expect(Object.keys(checked.entrypoints)).toEqual(
      expect.arrayContaining(['.', './theory', './studies', './charts']),
    );
    const wrong = checked.problems.filter((problem) => {
      // The package is of ES modules alone, which `require` loads from Node 20.19 on. Resolution before `exports` finds none.
      const resolution = 'resolutionKind' in problem ? problem.resolutionKind : '';
      if (resolution === 'node10' || problem.kind === 'CJSResolvesToESM') return false;
      // files to serve, which nobody imports
      return !('entrypoint' in problem && /worker|\.wasm$/.test(problem.entrypoint));
    });
    expect(wrong).toEqual([]);
  });
});
