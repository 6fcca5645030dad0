// The addresses at which a template is written: a new one, from nothing or from the library, and one that is there.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { ApiProblem } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Page } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { TemplateForm } from './TemplateForm.tsx';
import { libraryQuery, templateQuery } from './template-queries.ts';

const Waiting = () => (
  <Page title="Template" sunken>
    <BlockSkeleton height={160} count={2} />
  </Page>
);
const empty = {
  name: '',
  category: 'own',
  type: 'promotional',
  content: { text: '', media: [], buttons: [] },
  variables: [],
} as const;

export function NewTemplateScreen() {
  const { from } = useSearch({ from: '/inside/templates/new' });
  const library = useQuery({ ...libraryQuery, enabled: from !== undefined });
  if (from !== undefined && library.isPending) return <Waiting />;
  const entry = library.data?.data.find((one) => one.key === from);
  return (
    <TemplateForm
      key={from ?? 'nothing'}
      template={null}
      start={structuredClone(
        entry ?? { ...empty, content: { text: '', media: [], buttons: [] }, variables: [] },
      )}
    />
  );
}

export function EditTemplateScreen() {
  const { id } = useParams({ from: '/inside/templates/$id' });
  const { data, error, refetch } = useQuery(templateQuery(id));
  if (error && !data)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This template" />
    ) : (
      <ErrorState title="The template could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data) return <Waiting />;
  return <TemplateForm key={`${data.id}${data.version}`} template={data} start={data} />;
}
