/** Walks a written tree beside the schema, so that each value meets the facts of its key. */

import * as z from 'zod';
import { isTable, type KeyPath, walkLeaves } from '../paths.ts';
import { factsOf, type KeyFacts, unwrap } from './keys.ts';

export interface TreeVisitor {
  /** Each value that is no known table; for tables below a key of any shape, each leaf. */
  leaf(path: KeyPath, value: unknown, facts: KeyFacts): void;
  /** A key the schema does not have, with the names it could have been. */
  unknown?(path: KeyPath, names: readonly string[], value: unknown): void;
}

const ANY: KeyFacts = { expected: 'any value' };

export function walkTree(schema: z.core.$ZodType, value: unknown, visitor: TreeVisitor, path: KeyPath = []): void {
  const inner = pickOption(unwrap(schema), value);
  if (inner instanceof z.ZodObject && isTable(value)) walkObject(inner, value, visitor, path);
  else if (inner instanceof z.ZodRecord && isTable(value)) {
    for (const [name, child] of Object.entries(value)) walkTree(inner.valueType, child, visitor, [...path, name]);
  } else if (inner instanceof z.ZodArray && unwrap(inner.element) instanceof z.ZodObject && Array.isArray(value)) {
    for (const [index, child] of value.entries()) walkTree(inner.element, child, visitor, [...path, index]);
  } else if (inner instanceof z.ZodUnknown) walkLeaves(value, (leafPath, leaf) => visitor.leaf(leafPath, leaf, ANY), path);
  else visitor.leaf(path, value, factsOf(inner) ?? ANY);
}

function walkObject(schema: z.ZodObject, value: Record<string, unknown>, visitor: TreeVisitor, path: KeyPath): void {
  for (const [name, child] of Object.entries(value)) {
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (field === undefined) visitor.unknown?.([...path, name], Object.keys(schema.shape), child);
    else walkTree(field, child, visitor, [...path, name]);
  }
}

/** Of a union that takes a table too, the option that fits the written value. */
function pickOption(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (!(schema instanceof z.ZodUnion) || !isTable(value)) return schema;
  return schema.options.find((option) => unwrap(option) instanceof z.ZodRecord) ?? schema;
}

/** The schema of the key at `path`; `undefined` where the tree has no such key. */
export function schemaAt(schema: z.core.$ZodType, path: KeyPath): z.core.$ZodType | undefined {
  let current = unwrap(schema);
  for (const segment of path) {
    const next = childOf(current, segment);
    if (next === undefined) return undefined;
    current = unwrap(next);
  }
  return current;
}

function childOf(schema: z.core.$ZodType, segment: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, segment) ? schema.shape[segment] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodUnknown) return schema;
  if (schema instanceof z.ZodUnion)
    return schema.options.map((option) => childOf(unwrap(option), segment)).find((child) => child !== undefined);
  return undefined;
}

const CREDENTIAL_NAME = /(?:^|_)(?:key|token|password|secret)$/;

/** Credentials by their facts, and by their name where the key may have any shape. */
export function isCredential(path: KeyPath, facts: KeyFacts | undefined): boolean {
  if (facts?.credential === true) return true;
  const name = path.at(-1);
  return (facts === undefined || facts === ANY) && typeof name === 'string' && CREDENTIAL_NAME.test(name);
}
