// The names behind the ids of a rule: campaigns, segments, groups, connections. What is gone is said to be gone.

import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiProblem, api, keys } from '../../../api.ts';
import { connectionsQuery, useMe } from '../../../session.ts';
import { labelOfConnection } from '../../connections/handle.ts';
import { rowsOf, type Tree } from './rule-tree.ts';
import type { Wording } from './rule-words.ts';

const idKeys = ['segment_id', 'campaign_id', 'group_id'] as const;
const paths = { seg: '/segments', cmp: '/campaigns', grp: '/groups' };

export const nameQuery = (id: string) => ({
  queryKey: keys.name(id),
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const path = paths[id.slice(0, 3) as keyof typeof paths];
    const found = await api.get<{ name?: string; title?: string }>(`${path}/${id}`, undefined, signal);
    return found.name ?? found.title ?? '';
  },
  staleTime: 60_000,
});

/** How the conditions of a tree are worded in this workspace; the same object as long as nothing in it changes. */
export function useWording(tree: Tree): Wording {
  const { currency } = useMe().workspace;
  const names = JSON.stringify(useNames(tree));
  return useMemo(() => {
    const known = new Map<string, string>(JSON.parse(names));
    return { nameOf: (id) => known.get(id), currency };
  }, [names, currency]);
}

/** Id and name of everything that is known. */
function useNames(tree: Tree): [string, string][] {
  const { data: connections } = useQuery(connectionsQuery);
  const ids = [
    ...new Set(
      [...rowsOf(tree)].flatMap(({ value }) =>
        idKeys.flatMap((key) => (typeof value[key] === 'string' ? [value[key]] : [])),
      ),
    ),
  ];
  const found = useQueries({ queries: ids.map(nameQuery) });
  const asked = ids.flatMap((id, index): [string, string][] => {
    const { data, error } = found[index] ?? {};
    const isGone = error instanceof ApiProblem && error.status === 404;
    return isGone ? [[id, 'one that was deleted']] : data === undefined ? [] : [[id, data]];
  });
  return [
    ...(connections?.data ?? []).map((one): [string, string] => [one.id, labelOfConnection(one)]),
    ...asked,
  ];
}
