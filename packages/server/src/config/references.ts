/** Resolves `env:NAME` and `secret:NAME` and finds credentials that stand in the file as they are. */

import { deletePath, type KeyPath, type Table, writePath } from './paths.ts';
import type { KeyFacts } from './schema/keys.ts';
import { configSchemas } from './schema/root.ts';
import { walkTree } from './schema/walk.ts';
import type { Environment, SecretResolver } from './snapshot.ts';

export interface ReferenceSources {
  readonly environment: Environment;
  readonly secrets: SecretResolver;
}

export interface ResolvedTree {
  /** A copy in which references are values; one that names nothing is absent. */
  readonly tree: Table;
  readonly unresolved: readonly { readonly path: KeyPath; readonly reference: string }[];
  readonly literalCredentials: readonly KeyPath[];
}

const REFERENCE = /^(env|secret):(.*)$/s;

export function isReference(value: string): boolean {
  return REFERENCE.test(value);
}

export function resolveReferences(written: Table, sources: ReferenceSources): ResolvedTree {
  const tree = structuredClone(written);
  const unresolved: { path: KeyPath; reference: string }[] = [];
  const literalCredentials: KeyPath[] = [];
  const leaf = (path: KeyPath, value: unknown, facts: KeyFacts) => {
    if (typeof value !== 'string' || facts.reference !== true) return;
    const match = REFERENCE.exec(value);
    if (match === null) {
      if (facts.credential === true && value !== '') literalCredentials.push(path);
      return;
    }
    const resolved = lookUp(match[1], match[2] ?? '', sources);
    if (resolved !== undefined) return void writePath(tree, path, resolved);
    deletePath(tree, path);
    unresolved.push({ path, reference: value });
  };
  walkTree(configSchemas().file, written, { leaf });
  return { tree, unresolved, literalCredentials };
}

/** An empty environment variable counts as missing. */
function lookUp(kind: string | undefined, name: string, sources: ReferenceSources): string | undefined {
  const value = kind === 'env' ? sources.environment[name] : sources.secrets.get(name);
  return value === '' ? undefined : value;
}
