// Who is signed in and what they may do; read by every screen through the query cache.
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Connection } from '../contract/connections.ts';
import type { Page } from '../contract/lists.ts';
import type { Scope } from '../contract/roles.ts';
import type { Me } from '../contract/workspaces.ts';
import { api, keys } from './api.ts';

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => api.get<Me>('/me', undefined, signal),
  staleTime: 60_000,
});
export const setupQuery = queryOptions({
  queryKey: keys.setup,
  queryFn: ({ signal }) => api.get<{ needed: boolean; sandbox: boolean }>('/setup', undefined, signal),
  staleTime: 60_000,
});
export const connectionsQuery = queryOptions({
  queryKey: keys.connections,
  queryFn: ({ signal }) => api.get<Page<Connection>>('/connections', { limit: 100 }, signal),
  staleTime: 30_000,
});

/** The signed-in person. Only inside the signed-in frame, where it is always loaded. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error('useMe needs the signed-in frame around it');
  return data;
}

/** The zone in which this workspace's times are shown. */
export function useZone(): string {
  return useMe().workspace.time_zone;
}

/** Whether the person may, and otherwise why not, in words for a tooltip. */
export function useMay(scope: Scope): { may: boolean; reason: string | undefined } {
  const me = useMe();
  const may = me.scopes.includes(scope);
  return {
    may,
    reason: may
      ? undefined
      : `Your role, ${me.user.role}, does not allow this. An owner or admin can change it on the Team page.`,
  };
}
