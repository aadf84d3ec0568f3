/** The configuration as seen from outside: issues, values with their sources, and the settings of the instance. */

import * as z from 'zod';

export const IssueCode = z.enum([
  'syntax',
  'type_mismatch',
  'out_of_range',
  'invalid_value',
  'missing_required',
  'unknown_key',
  'duplicate',
  'conflict',
  'unresolved_reference',
  'literal_credential',
  'deprecated',
  'unsupported',
]);
export type IssueCode = z.infer<typeof IssueCode>;

export const IssueSeverity = z.enum(['error', 'warning', 'notice']);
export type IssueSeverity = z.infer<typeof IssueSeverity>;

/** One finding; line and column are 1-based, `null` where there is no file (environment). `got` never shows a credential. */
export const Issue = z
  .object({
    severity: IssueSeverity,
    code: IssueCode,
    file: z.string(),
    line: z.int().nullable(),
    column: z.int().nullable(),
    path: z.string(),
    expected: z.string().nullable(),
    got: z.string().nullable(),
    suggestion: z.string().nullable(),
    message: z.string(),
  })
  .register(z.globalRegistry, { id: 'Issue' });
export type Issue = z.infer<typeof Issue>;

export const ConfigSource = z.enum(['file', 'env', 'default']);
export type ConfigSource = z.infer<typeof ConfigSource>;

export const ConfigDocument = z
  .object({
    revision: z.string(),
    path: z.string(),
    /** The effective tree, credentials as `***`. */
    values: z.record(z.string(), z.unknown()),
    /** Dotted key to where its value comes from. */
    sources: z.record(z.string(), ConfigSource),
    issues: z.array(Issue),
    restart_required: z.array(z.string()),
  })
  .register(z.globalRegistry, { id: 'ConfigDocument' });
export type ConfigDocument = z.infer<typeof ConfigDocument>;

export const ConfigChange = z
  .object({ revision: z.string(), changed: z.array(z.string()), restart_required: z.array(z.string()), issues: z.array(Issue) })
  .register(z.globalRegistry, { id: 'ConfigChange' });
export type ConfigChange = z.infer<typeof ConfigChange>;

export const ConfigValidation = z
  .object({ valid: z.boolean(), issues: z.array(Issue) })
  .register(z.globalRegistry, { id: 'ConfigValidation' });
export type ConfigValidation = z.infer<typeof ConfigValidation>;

export const Theme = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof Theme>;

export const InstanceSettings = z
  .object({ paused: z.boolean(), default_agent: z.string(), ui: z.object({ theme: Theme }) })
  .register(z.globalRegistry, { id: 'InstanceSettings' });
export type InstanceSettings = z.infer<typeof InstanceSettings>;
