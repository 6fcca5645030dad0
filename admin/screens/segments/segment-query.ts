// Reading one segment.
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';

export const segmentQuery = (id: string) => ({
  queryKey: keys.segment(id),
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Segment>(`/segments/${id}`, undefined, signal),
});
