// The names behind the ids of a rule: campaigns, segments, groups, connections. What is gone is said to be gone.
import { useQueries, useQuery } from '@tanstack/react-query';
import { ApiProblem, api, keys } from '../../../api.ts';
import { connectionsQuery, useMe } from '../../../session.ts';
import { draftOf, rowsOf, type Tree } from './rule-tree.ts';
import type { NameOf, Wording } from './rule-words.ts';

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

/** How the conditions of a tree are worded in this workspace. */
export function useWording(tree: Tree): Wording {
  return { nameOf: useNames(tree), currency: useMe().workspace.currency };
}

function useNames(tree: Tree): NameOf {
  const { data: connections } = useQuery(connectionsQuery);
  const ids = [
    ...new Set(
      [...rowsOf(tree)].flatMap((row) => {
        const draft = draftOf(row);
        return idKeys.flatMap((key) => (typeof draft[key] === 'string' ? [draft[key]] : []));
      }),
    ),
  ];
  const found = useQueries({ queries: ids.map(nameQuery) });
  return (id) => {
    const query = found[ids.indexOf(id)];
    if (query?.error instanceof ApiProblem && query.error.status === 404) return 'one that was deleted';
    return query?.data ?? connections?.data.find((one) => one.id === id)?.name;
  };
}
