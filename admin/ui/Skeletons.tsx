// Loading in the final shape. Nothing shows for the first 150 ms, the room is taken from the start.
import { Skeleton } from '@mantine/core';
import css from './Skeletons.module.css';

/** Rows of a table: the same height as the rows that will come. */
export function RowSkeletons({ rows = 8, height = 48 }: { rows?: number; height?: number }) {
  return (
    <div className="delayed" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={String(index)} className={css.row} style={{ height }}>
          <Skeleton height={16} width={16} radius={4} />
          <Skeleton height={10} width={`${22 + ((index * 7) % 18)}%`} />
          <Skeleton height={22} width={84} radius={11} ml="auto" />
          <Skeleton height={10} width={60} />
        </div>
      ))}
    </div>
  );
}

/** A block such as a card or a form field. */
export function BlockSkeleton({ height, count = 1 }: { height: number; count?: number }) {
  return (
    <div className={`delayed ${css.blocks}`} role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={String(index)} height={height} radius={10} />
      ))}
    </div>
  );
}
