// Cursor paging: how many are shown, and one button for the next page.
import { Button } from '@mantine/core';
import { counted, figure } from './numbers.ts';

interface Props {
  shown: number;
  /** How many there are, where the server counts them. */
  total?: number | undefined;
  /** There are more than `total`, uncounted. */
  totalIsMinimum?: boolean;
  one: string;
  many: string;
  hasMore: boolean;
  loading: boolean;
  onMore: () => void;
}

export function LoadMore({ shown, total, totalIsMinimum, one, many, hasMore, loading, onMore }: Props) {
  if (!hasMore) return <span className="t3 small">{counted(shown, one, many)}, all shown</span>;
  return (
    <span className="row">
      <Button variant="default" size="xs" miw={92} onClick={() => !loading && onMore()}>
        {loading ? 'Loading' : 'Show more'}
      </Button>
      <span className="t3 small nowrap">
        {total === undefined
          ? `${counted(shown, one, many)} shown so far`
          : `1–${figure(shown)} of ${totalIsMinimum ? 'more than ' : ''}${figure(Math.max(total, shown))}`}
      </span>
    </span>
  );
}
