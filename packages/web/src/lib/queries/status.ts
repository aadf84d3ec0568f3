/** How the instance is doing: its status, its configuration, and stopping it. */

import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { queryKeys } from '../query-keys.ts';

/** Events ask for a reload when something changed; this is the net below them. */
const STATUS_RELOAD_MS = 30_000;

export function useStatus() {
  return useQuery({
    queryKey: queryKeys.status,
    queryFn: ({ signal }) => api.call('GET /status', { signal }),
    refetchInterval: STATUS_RELOAD_MS,
  });
}

export function useConfig() {
  return useQuery({ queryKey: queryKeys.config, queryFn: ({ signal }) => api.call('GET /config', { signal }) });
}

export function useStopSystem() {
  return useMutation({ mutationFn: () => api.call('POST /system/stop') });
}

export function useRestartSystem() {
  return useMutation({ mutationFn: () => api.call('POST /system/restart') });
}
