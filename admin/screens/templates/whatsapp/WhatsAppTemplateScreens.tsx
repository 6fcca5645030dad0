// The addresses at which a template for WhatsApp is written: a new one, and one that is there.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { draftOf } from '../../../../contract/whatsapp-template-parts.ts';
import { ApiProblem } from '../../../api.ts';
import { connectionsQuery } from '../../../session.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { Page } from '../../../ui/Page.tsx';
import { BlockSkeleton } from '../../../ui/Skeletons.tsx';
import { NotFound } from '../../frame/Strays.tsx';
import { likelyLanguage } from './languages.ts';
import { WhatsAppTemplateForm } from './WhatsAppTemplateForm.tsx';
import { numbersOf, someTemplatesQuery, whatsappTemplateQuery } from './whatsapp-queries.ts';

const Waiting = () => (
  <Page title="WhatsApp template" sunken>
    <BlockSkeleton height={160} count={2} />
  </Page>
);
const empty = { header: null, body: { text: '', examples: {} }, footer: null, buttons: [] };

export function NewWhatsAppTemplateScreen() {
  const { connection } = useSearch({ from: '/inside/templates/whatsapp/new' });
  const { data, error, refetch } = useQuery(connectionsQuery);
  const others = useQuery(someTemplatesQuery);
  if (error && !data)
    return (
      <ErrorState title="Your numbers could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data || others.isPending) return <Waiting />;
  const numbers = numbersOf(data.data);
  // an address that names no number of theirs is as good as none
  const number = numbers.find(({ id }) => id === connection)?.id;
  return (
    <WhatsAppTemplateForm
      template={null}
      numbers={numbers}
      number={number}
      language={likelyLanguage(others.data?.data ?? [], navigator.language)}
      start={empty}
    />
  );
}

export function EditWhatsAppTemplateScreen() {
  const { id } = useParams({ from: '/inside/templates/whatsapp/$id' });
  const { data, error, refetch } = useQuery(whatsappTemplateQuery(id));
  const { data: connections } = useQuery(connectionsQuery);
  if (error && !data)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This template" />
    ) : (
      <ErrorState title="The template could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data || !connections) return <Waiting />;
  return (
    <WhatsAppTemplateForm
      key={`${data.id} ${data.version}`}
      template={data}
      numbers={numbersOf(connections.data)}
      start={draftOf(data.components, data.sample_media_id)}
    />
  );
}
