/** Manifests for Kubernetes, against the schemas that Kubernetes and KEDA publish. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const VIRTUAL = fileURLToPath(new URL('manifests-to-check.ts', import.meta.url));

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // the tests below say what they expect of it
  // biome-ignore lint/suspicious/noExplicitAny: as free as YAML
  [field: string]: any;
}

/** The module with the schema of a kind. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const library = apiVersion.startsWith('keda.sh/')
    ? '@kubernetes-models/keda'
    : 'kubernetes-models';
  return `${library}/${apiVersion}/${kind}`;
}

/** What the schema says against a manifest: required fields, types, patterns. The API server says it, too. */
export function faultsOf(manifest: Manifest): string[] {
  const { [manifest.kind]: Model } = require(moduleOf(manifest));
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * Fields that are not in the schema, as misspelt ones, of which the API server only warns. The compiler finds them: it
 * refuses literals with more fields than their type.
 */
export function unknownFieldsOf(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    (manifest, i) =>
      `import type { I${manifest.kind} as Type${i} } from '${moduleOf(manifest)}';\n` +
      `export const manifest${i}: Type${i} = ${JSON.stringify(manifest)};\n`,
  );
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === VIRTUAL || fileExists(path);
  host.readFile = (path) => (path === VIRTUAL ? lines.join('') : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === VIRTUAL
      ? ts.createSourceFile(path, lines.join(''), ts.ScriptTarget.ES2022)
      : getSourceFile(path, ...rest);
  const program = ts.createProgram([VIRTUAL], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
