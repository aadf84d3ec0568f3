/** The query cache and its rules: events keep it fresh, so a reload is the exception. */

import { ClientError } from '@spacebot/protocol/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isUnauthorized } from '../lib/api.ts';
import { SIGN_IN } from '../lib/queries/session.ts';
import { queryKeys } from '../lib/query-keys.ts';

const FRESH_MS = 60_000;
const RETRIES = 2;

export function createQueryClient(): QueryClient {
  // A session that ended anywhere ended everywhere.
  const onError = (error: unknown) => {
    if (isUnauthorized(error)) client.setQueryData(queryKeys.session, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.options.mutationKey !== SIGN_IN) onError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < RETRIES && !(error instanceof ClientError && error.status >= 400 && error.status < 500),
      },
    },
  });
  return client;
}
