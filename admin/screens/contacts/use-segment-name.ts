// The name of a segment that the address names by its id alone.
import { useQuery } from '@tanstack/react-query';
import { segmentQuery } from '../segments/segment-query.ts';

export function useSegmentName(id: string | undefined): string | undefined {
  const { data, error } = useQuery({ ...segmentQuery(id ?? ''), enabled: id !== undefined, retry: false });
  return error ? 'A segment that is gone' : data?.name;
}
