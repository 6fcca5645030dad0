// A template taken into the draft that is being written: which one, what stands in its places, and the message is there.
import { Button, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTemplate } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Content } from '../../../contract/message.ts';
import type { LibraryTemplate, Template } from '../../../contract/templates.ts';
import { api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FillDialog } from '../templates/FillDialog.tsx';
import { categoryWords, libraryQuery, withLabels } from '../templates/template-queries.ts';
import css from './TakeTemplate.module.css';

type Used = LibraryTemplate | Template;
interface Props {
  connectionId: string | null;
  onTake: (content: Content) => void;
}

export function TakeTemplate({ connectionId, onTake }: Props) {
  const [step, setStep] = useState<'choose' | Used | null>(null);
  return (
    <>
      <Button
        className="end"
        size="compact-xs"
        variant="subtle"
        leftSection={<IconTemplate size={16} stroke={1.75} />}
        onClick={() => setStep('choose')}
      >
        Use a template
      </Button>
      <Modal
        opened={step === 'choose'}
        onClose={() => setStep(null)}
        title="Use a template"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {step === 'choose' && <Choose onChoose={setStep} />}
      </Modal>
      {step !== null && step !== 'choose' && (
        <FillDialog
          template={step}
          onClose={() => setStep(null)}
          into={{
            connectionId,
            put: (content) => {
              onTake(content);
              setStep(null);
            },
          }}
        />
      )}
    </>
  );
}

/** One's own first, then the library; both by name. */
function Choose({ onChoose }: { onChoose: (template: Used) => void }) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const filter = { search: asked || undefined, limit: 50 };
  const library = useQuery(libraryQuery);
  const own = useQuery({
    queryKey: [...keys.templates(filter), 'choice'],
    queryFn: ({ signal }) => api.get<{ data: Template[] }>('/templates', filter, signal),
    placeholderData: keepPreviousData,
  });
  const failed = own.error ?? library.error;
  const fits = ({ name }: Used) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
  const all: Used[] = [...(own.data?.data ?? []), ...(library.data?.data ?? [])].filter(fits);
  if (failed)
    return (
      <ErrorState
        title="The templates could not be loaded"
        error={failed}
        onRetry={() => {
          void own.refetch();
          void library.refetch();
        }}
      />
    );
  return (
    <>
      <TextInput
        label="Search by name"
        data-autofocus
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul className={css.templates}>
        {all.map((one) => (
          <li key={'key' in one ? one.key : one.id}>
            <button type="button" className={css.template} onClick={() => onChoose(one)}>
              <span className="row">
                <span className="strong ellipsis" dir="auto">
                  {one.name}
                </span>
                <span className="end t3 small">{categoryWords[one.category]}</span>
              </span>
              <span className="t2 small ellipsis" dir="auto">
                {withLabels(one.content.text, one.variables) || 'Only files'}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {all.length === 0 && !own.isPending && !library.isPending && (
        <p className="t3">No template has this name.</p>
      )}
    </>
  );
}
