/** The key tree as JSON Schema 2020-12, for editors, forms and documentation. */

import * as z from 'zod';
import { factsOf } from './schema/keys.ts';
import { configSchemas } from './schema/root.ts';

/** Credentials are `writeOnly`; `x-reload` is `restart` where a change waits for one. */
export function configJsonSchema(): Record<string, unknown> {
  const { file, instance } = configSchemas();
  const restart = new Set<z.core.$ZodType>([
    ...['enabled', 'port', 'bind'].flatMap((name) => [instance.shape.api, instance.shape.metrics].map((section) => fieldOf(section, name))),
    configSchemas().agent.shape.workspace,
  ]);
  return z.toJSONSchema(file, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (factsOf(zodSchema)?.credential === true) jsonSchema.writeOnly = true;
      if (restart.has(zodSchema)) jsonSchema['x-reload'] = 'restart';
    },
  });
}

function fieldOf(
  section: { readonly def: { readonly innerType: { readonly shape: Readonly<Record<string, z.core.$ZodType>> } } },
  name: string,
): z.core.$ZodType {
  const field = section.def.innerType.shape[name];
  if (field === undefined) throw new Error(`no key ${name}`);
  return field;
}
