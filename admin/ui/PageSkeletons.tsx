// Whole screens while they load, each in the shape it will have.
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './PageSkeletons.module.css';
import { RowSkeletons } from './Skeletons.tsx';

/** `isPage`: it stands for a whole page, which has a heading from its first moment. */
function Waiting(props: { className?: string | undefined; isPage?: boolean; children: ReactNode }) {
  const { className, isPage = true, children } = props;
  return (
    <div className={`delayed ${className}`} role="status" aria-label="Loading">
      {isPage && <h1 className="sr-only">Loading</h1>}
      {children}
    </div>
  );
}

/** A title bar over a list: campaigns, contacts and most others. */
export function PageSkeleton() {
  return (
    <Waiting className={css.page}>
      <div className={css.head}>
        <Skeleton height={16} width={140} />
        <Skeleton height={32} width={128} ml="auto" />
      </div>
      <div className={css.body}>
        <Skeleton height={32} width={240} mb={12} />
        <RowSkeletons />
      </div>
    </Waiting>
  );
}

export function ReportSkeleton() {
  return (
    <Waiting className={css.page}>
      <div className={css.head}>
        <Skeleton height={16} width={220} />
        <Skeleton height={32} width={108} ml="auto" />
      </div>
      <div className={css.sunken}>
        <Skeleton height={118} radius={10} />
        <div className={css.three}>
          <Skeleton height={252} radius={10} />
          <Skeleton height={252} radius={10} />
          <Skeleton height={252} radius={10} />
        </div>
        <Skeleton height={320} radius={10} />
      </div>
    </Waiting>
  );
}

export function ComposerSkeleton() {
  return (
    <Waiting className={css.page}>
      <div className={css.head}>
        <Skeleton height={20} width={280} />
        <Skeleton height={32} width={108} ml="auto" />
      </div>
      <div className={css.halves}>
        <div className={css.fields}>
          <Skeleton height={32} />
          <Skeleton height={32} width="60%" />
          <Skeleton height={280} radius={8} />
          <Skeleton height={56} radius={10} />
        </div>
        <div className={css.preview}>
          <Skeleton height={520} width={300} radius={28} mx="auto" />
        </div>
      </div>
    </Waiting>
  );
}

export function ThreadSkeleton() {
  return (
    <Waiting className={css.thread} isPage={false}>
      <div className={css.head}>
        <Skeleton height={36} circle />
        <Skeleton height={12} width={160} ml={12} />
      </div>
      <div className={css.messages}>
        <Skeleton height={44} width="46%" radius={14} />
        <Skeleton height={96} width="52%" radius={14} ml="auto" />
        <Skeleton height={44} width="34%" radius={14} />
        <Skeleton height={64} width="40%" radius={14} ml="auto" />
      </div>
    </Waiting>
  );
}

export function InboxSkeleton() {
  return (
    <Waiting className={css.inbox}>
      <div className={css.list}>
        <Skeleton height={16} width={80} m={16} />
        <RowSkeletons rows={8} height={72} />
      </div>
    </Waiting>
  );
}
