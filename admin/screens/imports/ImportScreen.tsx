// One import, wherever it is: being decided, under way, or ended. The address stays the same, so it survives a reload.
import { useParams } from '@tanstack/react-router';
import { ApiProblem } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { PageSkeleton } from '../../ui/PageSkeletons.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { ImportEnded } from './ImportEnded.tsx';
import { ImportUnderWay } from './ImportUnderWay.tsx';
import { useImport } from './use-import.ts';
import { Wizard } from './Wizard.tsx';

export function ImportScreen() {
  const { id } = useParams({ from: '/inside/contacts/import/$id' });
  const { data: item, error, refetch } = useImport(id);
  if (error && !item)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This import" />
    ) : (
      <ErrorState
        title="The import could not be loaded"
        error={error}
        safe="If it is under way, it goes on."
        onRetry={() => void refetch()}
      />
    );
  if (!item) return <PageSkeleton />;
  if (item.status === 'mapping') return <Wizard key={id} item={item} />;
  if (item.status === 'queued' || item.status === 'running') return <ImportUnderWay item={item} />;
  return <ImportEnded item={item} />;
}
