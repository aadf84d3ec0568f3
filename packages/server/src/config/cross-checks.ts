/** Rules that hold between keys, checked once each key by itself is right. */

import type { IssueReporter } from './check.ts';
import type { EnvironmentLayer } from './environment.ts';
import type { Table } from './paths.ts';

/** `resolved` is the file with references as values; unresolved ones are absent. */
export function checkWritten(_resolved: Table, _environment: EnvironmentLayer, _reporter: IssueReporter): void {}
