/** Finds the route of a method and a path; literal segments win over parameters. */

import type { Endpoint } from '@spacebot/protocol/endpoint';
import { InputError, NotFoundError } from '../core/errors.ts';
import type { Route } from './route.ts';

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  readonly routes: Map<string, Route>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

export class RouteTable {
  readonly #root = newNode();
  /** `METHOD /api/path` of endpoints that answer without a token; none of them has parameters. */
  readonly #open = new Set<string>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  isOpen(method: string, path: string): boolean {
    return this.#open.has(`${method} ${path}`);
  }

  /** `path` below `/api`, still encoded. Throws `route_not_found`, `method_not_allowed` with the methods there are, `invalid_request` for broken encoding. */
  match(method: string, path: string): RouteMatch {
    const segments = path.split('/').slice(1);
    const node = find(this.#root, segments, 0);
    if (node === undefined) throw new NotFoundError('route_not_found', 'There is no such endpoint.');
    const route = node.routes.get(method);
    if (route === undefined) {
      const allow = [...node.routes.keys()].sort();
      throw new InputError('method_not_allowed', `This endpoint takes ${allow.join(', ')}.`, { details: { allow } });
    }
    return { route, params: readParams(route.endpoint, segments) };
  }

  #add(route: Route): void {
    const { method, path, access } = route.endpoint;
    let node = this.#root;
    for (const segment of path.split('/').slice(1)) node = descend(node, segment);
    node.routes.set(method, route);
    if (access === 'open') this.#open.add(`${method} /api${path}`);
  }
}

function newNode(): Node {
  return { literals: new Map(), parameter: undefined, routes: new Map() };
}

function descend(node: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const next = node.literals.get(segment) ?? newNode();
  node.literals.set(segment, next);
  return next;
}

function find(node: Node, segments: readonly string[], index: number): Node | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : find(literal, segments, index + 1);
  if (found !== undefined) return found;
  return node.parameter === undefined || segment === '' ? undefined : find(node.parameter, segments, index + 1);
}

function readParams(endpoint: Endpoint, segments: readonly string[]): Map<string, string> {
  const params = new Map<string, string>();
  endpoint.path
    .split('/')
    .slice(1)
    .forEach((part, index) => {
      if (part.startsWith('{')) params.set(part.slice(1, -1), decode(segments[index] ?? ''));
    });
  return params;
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new InputError('invalid_request', 'The path is not validly percent-encoded.', { cause });
  }
}
