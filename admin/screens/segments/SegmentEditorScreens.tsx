// The addresses at which a segment is written: a new one, from nothing or from a preset, and one that is there.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { Rule } from '../../../contract/rules.ts';
import { ApiProblem } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Page } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { presetsQuery } from './Presets.tsx';
import { SegmentForm } from './SegmentForm.tsx';
import { segmentQuery } from './segment-query.ts';

const Waiting = () => (
  <Page title="Segment" sunken>
    <BlockSkeleton height={160} count={2} />
  </Page>
);

export function NewSegmentScreen() {
  const { preset: key } = useSearch({ from: '/inside/segments/new' });
  const presets = useQuery({ ...presetsQuery, enabled: key !== undefined });
  if (key !== undefined && presets.isPending) return <Waiting />;
  const preset = presets.data?.data.find((one) => one.key === key);
  return (
    <SegmentForm
      key={key ?? 'nothing'}
      segment={null}
      start={{ name: preset?.name ?? '', rule: (preset?.rule as Rule | undefined) ?? null }}
    />
  );
}

export function EditSegmentScreen() {
  const { id } = useParams({ from: '/inside/segments/$id/edit' });
  const { data, error, refetch } = useQuery(segmentQuery(id));
  if (error && !data)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This segment" />
    ) : (
      <ErrorState title="The segment could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data) return <Waiting />;
  return (
    <SegmentForm
      // what is counted anew meanwhile must not disturb who is writing
      key={`${data.id}${data.version}`}
      segment={data}
      start={{ name: data.name, rule: data.rule as Rule | null }}
    />
  );
}
