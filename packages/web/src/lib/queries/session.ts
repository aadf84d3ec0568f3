/** Who is signed in, and signing in and out. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, isUnauthorized } from '../api.ts';
import { queryKeys } from '../query-keys.ts';

/** Marks the one call whose refusal does not mean that a session ended. */
export const SIGN_IN = ['sign-in'];

/** The session, or `null` when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: queryKeys.session,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      try {
        return await api.call('GET /auth/session', { signal });
      } catch (error) {
        if (isUnauthorized(error)) return null;
        throw error;
      }
    },
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: SIGN_IN,
    mutationFn: (token: string) => api.call('POST /auth/session', { body: { token } }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.session }),
  });
}

/** Ends the session; everything that was loaded is forgotten with it. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.call('DELETE /auth/session'),
    onSuccess: () => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKeys.session[0] });
      client.setQueryData(queryKeys.session, null);
    },
  });
}

export function useRotateToken() {
  return useMutation({ mutationFn: () => api.call('POST /auth/token/rotate') });
}
