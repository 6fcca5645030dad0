// Who counts on a segment: segments whose rules ask for it, and campaigns that are meant for it.
import { IconFilter, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { z } from 'zod';
import type { segmentUsers } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { StatusBadge } from '../campaigns/status.tsx';
import css from './Segments.module.css';

type Users = z.infer<typeof segmentUsers>;

export const usersQuery = (id: string) => ({
  queryKey: [...keys.segment(id), 'used_by'],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<Users>(`/segments/${id}/used_by`, undefined, signal),
});

export function UsedBy({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(usersQuery(id));
  if (error && !data)
    return <ErrorState title="This could not be loaded" error={error} onRetry={() => void refetch()} />;
  if (!data) return <RowSkeletons rows={3} height={44} />;
  if (data.data.length === 0)
    return <p className="t2">Nothing: no segment asks for it, and no campaign is meant for it.</p>;
  return <UserList users={data.data} />;
}

export function UserList({ users }: { users: Users['data'] }) {
  return (
    <ul>
      {users.map((one) => (
        <li key={one.id} className={css.person}>
          {one.kind === 'segment' ? (
            <IconFilter size={16} stroke={1.75} aria-hidden />
          ) : (
            <IconSpeakerphone size={16} stroke={1.75} aria-hidden />
          )}
          {one.kind === 'segment' ? (
            <Link to="/segments/$id" params={{ id: one.id }} className="ellipsis grow" dir="auto">
              {one.name}
            </Link>
          ) : (
            <Link
              to={
                one.status === 'draft' || one.status === 'scheduled'
                  ? '/campaigns/$id/edit'
                  : '/campaigns/$id'
              }
              params={{ id: one.id }}
              className="ellipsis grow"
              dir="auto"
            >
              {one.name}
            </Link>
          )}
          {one.kind === 'segment' ? (
            <span className="t3 small">Segment</span>
          ) : (
            one.status && <StatusBadge state={one.status} />
          )}
        </li>
      ))}
    </ul>
  );
}
