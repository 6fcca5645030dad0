// How many people a rule means at this moment, and ten of them, asked a moment after the last change. A question that is
// outdated is taken back; the old answer stays in view until the new one is there.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Rule } from '../../../../contract/rules.ts';
import type { SegmentPreview } from '../../../../contract/segments.ts';
import { ApiProblem, api, keys } from '../../../api.ts';

const pauseMs = 350;

export interface PeopleCount {
  found: SegmentPreview | undefined;
  /** ISO time of the answer in view. */
  at: string | null;
  /** The answer in view is not that of the rule on screen (yet). */
  counting: boolean;
  error: unknown;
  /** What the server says about single conditions. Pointers begin with "/rule". */
  problems: FieldProblem[];
  retry: () => void;
}

/** `null`: nothing that could be counted. */
export function usePeopleCount(rule: Rule | null): PeopleCount {
  const text = rule && JSON.stringify(rule);
  const [settled] = useDebouncedValue(text, pauseMs);
  const query = useQuery({
    queryKey: keys.rulePreview(settled),
    queryFn: ({ signal }) =>
      api.post<SegmentPreview>(
        '/segments/preview',
        { rule: JSON.parse(settled ?? 'null') },
        { idempotencyKey: null, signal },
      ),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
  const current = text !== null && settled === text;
  const refused = current && query.error instanceof ApiProblem ? query.error.errors : [];
  return {
    found: query.data,
    at: query.dataUpdatedAt > 0 ? new Date(query.dataUpdatedAt).toISOString() : null,
    counting: text !== null && (!current || query.isFetching),
    error: current && refused.length === 0 ? query.error : null,
    problems: refused,
    retry: () => void query.refetch(),
  };
}
