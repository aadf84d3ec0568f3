/** An endpoint with a page: its contract in the protocol, its route in the API, its feature in the page, one line in each list. */

import { addEntry, addImport, inOrder, insertBefore } from './edit-list.js';

const PROTOCOL = 'packages/protocol/src/endpoints';
const ROUTES = 'packages/server/src/api/routes';
const WEB = 'packages/web/src';

export function endpointPlan(forms) {
  const { kebab, camel, pascal } = forms;
  return {
    files: {
      [`${PROTOCOL}/${kebab}.ts`]: contract(forms),
      [`${PROTOCOL}/${kebab}.test.ts`]: test(forms),
      [`${ROUTES}/${kebab}.ts`]: route(forms),
      [`${WEB}/features/${kebab}/${kebab}-page.tsx`]: page(forms),
    },
    edits: {
      [`${PROTOCOL}/index.ts`]: inOrder(
        addImport(`import * as ${camel} from './${kebab}.ts';`),
        addEntry('endpoints = [', ']', `${camel}.get${pascal},`),
      ),
      [`${ROUTES}/index.ts`]: inOrder(
        addImport(`import { ${camel}Routes } from './${kebab}.ts';`),
        addEntry('return [', ']', `${camel}Routes`),
      ),
      [`${WEB}/app/router.tsx`]: inOrder(
        insertBefore('/** Every component in every state', pageRoute(forms)),
        addEntry('root.addChildren([', ']', `${camel},`),
      ),
    },
    next: [
      `say in ${PROTOCOL}/${kebab}.ts what it takes and gives, then let the route ask a port of ApiServices for it`,
      `a place in the rail is one line in ${WEB}/app/navigation.ts`,
      'docs/recipes/endpoint.md goes through the rest',
    ],
  };
}

const contract = ({ kebab, pascal, label }) => `/** ${label}: replace the summary and the shape of the answer. */

import * as z from 'zod';
import { defineEndpoint } from '../endpoint.ts';

export const get${pascal} = defineEndpoint({
  name: 'get${pascal}',
  method: 'GET',
  path: '/${kebab}',
  summary: 'The time of the daemon.',
  tag: '${kebab}',
  access: 'token',
  query: z.strictObject({}),
  responses: { 200: z.strictObject({ at: z.iso.datetime() }) },
});
`;

const test = ({ kebab, pascal }) => `import { expect, test } from 'vitest';
import { get${pascal} } from './${kebab}.ts';

test('the answer names a moment and nothing else', () => {
  const answer = get${pascal}.responses[200];
  expect(answer.safeParse({ at: '2026-01-02T03:04:05.678Z' }).success).toBe(true);
  expect(answer.safeParse({ at: 'yesterday' }).success).toBe(false);
  expect(answer.safeParse({ at: '2026-01-02T03:04:05.678Z', more: 1 }).success).toBe(false);
});
`;

const route = ({ kebab, camel, pascal, label }) => `/** ${label}. */

import { get${pascal} } from '@spacebot/protocol/endpoints/${kebab}';
import { toIso } from '../../core/clock.ts';
import { ok } from '../exchange.ts';
import { type Route, route } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function ${camel}Routes({ services: { clock } }: RouteParts): Route[] {
  return [route(get${pascal}, async () => ok({ at: toIso(clock.now()) }))];
}
`;

const page = ({ kebab, camel, pascal, label }) => `/** ${label}. */

import { useQuery } from '@tanstack/react-query';
import { ErrorState, SkeletonRows } from '../../components/states.tsx';
import { api, describeError } from '../../lib/api.ts';

export function ${pascal}Page() {
  const ${camel} = useQuery({ queryKey: ['${kebab}'], queryFn: ({ signal }) => api.call('GET /${kebab}', { signal }) });
  if (${camel}.isPending) return <SkeletonRows className="p-6" />;
  if (${camel}.isError) {
    return <ErrorState title="${label} could not be loaded" detail={describeError(${camel}.error).detail} onRetry={() => void ${camel}.refetch()} />;
  }
  return (
    <section className="p-6">
      <h1>${label}</h1>
      <time dateTime={${camel}.data.at}>{${camel}.data.at}</time>
    </section>
  );
}
`;

const pageRoute = ({ kebab, camel, pascal }) => `const ${camel} = createRoute({
  getParentRoute: () => root,
  path: '/${kebab}',
  component: lazyRouteComponent(() => import('../features/${kebab}/${kebab}-page.tsx'), '${pascal}Page'),
});

`;
