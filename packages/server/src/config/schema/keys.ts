/** The kinds of value a configuration key may have, each with the words an issue uses for it. */

import * as z from 'zod';

export interface KeyFacts {
  /** What the key takes, as an issue says it: `integer 1..200`. */
  readonly expected: string;
  /** Never printed; a literal one gives `literal_credential`. */
  readonly credential?: true;
  /** `env:NAME` and `secret:NAME` are resolved. True for every credential. */
  readonly reference?: true;
}

const factsBySchema = new WeakMap<z.core.$ZodType, KeyFacts>();

function key<Schema extends z.core.$ZodType>(schema: Schema, facts: KeyFacts): Schema {
  factsBySchema.set(schema, facts);
  return schema;
}

/** Facts of a key; look them up on what {@link unwrap} returns. */
export function factsOf(schema: z.core.$ZodType): KeyFacts | undefined {
  return factsBySchema.get(schema);
}

/** The schema below `optional` and default wrappers. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) inner = inner.def.innerType;
  return inner;
}

/** Building a schema costs some 20 us and there are hundreds of keys, so keys of one kind share theirs. */
function once<Schema>(make: () => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const rangeText = (min: number, max: number | undefined) => (max === undefined ? `>= ${min}` : `${min}..${max}`);

export function int(min = 0, max?: number) {
  const checks = max === undefined ? [z.gte(min)] : [z.gte(min), z.lte(max)];
  return key(z.int().check(...checks), { expected: `integer ${rangeText(min, max)}` });
}

export function float(min = 0, max?: number) {
  const checks = max === undefined ? [z.gte(min)] : [z.gte(min), z.lte(max)];
  return key(z.number().check(...checks), { expected: `number ${rangeText(min, max)}` });
}

export const bool = once(() => key(z.boolean(), { expected: 'boolean' }));

export const text = once(() => key(z.string(), { expected: 'string' }));

export function limitedText(maxLength: number) {
  return key(z.string().max(maxLength), { expected: `string of at most ${maxLength} characters` });
}

export function requiredText(maxLength?: number) {
  const checks = maxLength === undefined ? [z.minLength(1)] : [z.minLength(1), z.maxLength(maxLength)];
  const limit = maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
  return key(z.string().check(...checks), { expected: `string${limit}, not empty` });
}

export function pattern(regex: RegExp, expected: string) {
  return key(z.string().regex(regex), { expected });
}

export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return key(z.enum(values), { expected: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}` });
}

/** A string that is never printed. */
export const credential = once(() => key(z.string(), { expected: 'string', credential: true, reference: true }));

export function longCredential(minLength: number) {
  const expected = `string of at least ${minLength} characters`;
  return key(z.string().min(minLength), { expected, credential: true, reference: true });
}

/** A string that is shown, and may be a reference. */
export const resolvable = once(() => key(z.string(), { expected: 'string', reference: true }));

export const url = once(() => key(z.url({ protocol: /^https?$/ }), { expected: 'http or https URL', reference: true }));

export const texts = once(() => key(z.array(text()), { expected: 'array of strings' }));

export function ints(min: number, max: number) {
  return key(z.array(int(min, max)), { expected: `array of integers ${min}..${max}` });
}

export function textMap() {
  return key(z.record(z.string(), text()), { expected: 'table of strings' });
}

/** Header values may carry tokens, so all of them count as credentials. */
export function credentialMap() {
  return key(z.record(z.string(), credential()), { expected: 'table of strings' });
}

export function listMap() {
  return key(z.record(z.string(), texts()), { expected: 'table of string arrays' });
}

export function eitherOf<const Options extends readonly [z.ZodType, z.ZodType]>(
  expected: string,
  options: Options,
  facts: Partial<KeyFacts> = {},
) {
  return key(z.union(options), { expected, ...facts });
}

/** A table or value that is read by no feature; any shape is accepted. */
export function anything() {
  return key(z.unknown().optional(), { expected: 'any value' });
}

export function table<Shape extends z.core.$ZodShape>(shape: Shape) {
  return key(z.object(shape), { expected: 'table' });
}

export function tables<Item extends z.ZodType>(item: Item) {
  return key(z.array(item), { expected: 'array of tables' });
}

export function tableMap<Item extends z.ZodType>(item: Item) {
  return key(z.record(z.string(), item), { expected: 'table of tables' });
}
