// A list that is read page by page with a cursor; rows of all pages in one array, old rows kept while new ones load.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../contract/lists.ts';
import { api } from './api.ts';

type Filter = Record<string, string | number | boolean | null | undefined>;

/** `counted`: whether the server says how many rows there are. */
export function usePages<Row>(
  key: readonly unknown[],
  path: string,
  filter: Filter = {},
  enabled = true,
  counted = true,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    enabled,
    queryFn: ({ pageParam, signal }) =>
      // Counted with the first page only; the others would count the same again.
      api.get<Page<Row>>(
        path,
        { ...filter, include: pageParam || !counted ? undefined : 'total', cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages;
  return {
    ...query,
    rows: pages?.flatMap((page) => page.data),
    total: pages?.[0]?.total,
    totalIsMinimum: pages?.[0]?.total_is_minimum ?? false,
  };
}
