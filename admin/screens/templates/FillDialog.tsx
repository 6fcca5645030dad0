// Using a template: its places as a form, what becomes of them beside it, and at the end a draft, or the message of one.
import { Button, Modal, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Content } from '../../../contract/message.ts';
import type {
  FilledTemplate,
  LibraryTemplate,
  Template,
  TemplatePlace,
} from '../../../contract/templates.ts';
import { api, keys, newKey } from '../../api.ts';
import { TelegramPhone } from '../../channels/telegram/TelegramPhone.tsx';
import { connectionsQuery, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { clock } from '../../ui/times.ts';
import { useAction } from '../../ui/use-action.ts';
import css from './Templates.module.css';
import { useFilled, whichOf } from './use-filled.ts';

interface Props {
  template: LibraryTemplate | Template;
  onClose: () => void;
  /** The draft that takes the message; absent: it makes a new one. */
  into?: { connectionId: string | null; put: (content: Content) => void };
}

const inputType = { text: 'text', number: 'text', date: 'date', time: 'time', url: 'url' } as const;

export function FillDialog({ template, onClose, into }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
  const zone = useZone();
  const { data: connections } = useQuery(connectionsQuery);
  const connection = connections?.data.find((one) =>
    into ? one.id === into.connectionId : one.status === 'connected',
  );
  const [name, setName] = useState(template.name);
  const [values, setValues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  // a repeated click makes one draft, also where the answer was lost
  const [key, setKey] = useState(newKey);
  const { busy, error, run, clear } = useAction();
  const { missing, error: wrong, preview } = useFilled(template, values, connection?.id ?? null);
  const put = (place: TemplatePlace, value: string) => {
    clear();
    setKey(newKey());
    setValues({ ...values, [place.name]: value });
  };
  const problemOf = (place: TemplatePlace) =>
    problemAt(wrong, `/values/${place.name}`) ??
    problemAt(error, `/template/values/${place.name}`) ??
    (tried && missing.includes(place.name) && !values[place.name]?.trim()
      ? `Fill in ${place.label}.`
      : undefined);
  const pointers = template.variables.flatMap((one) => [
    `/values/${one.name}`,
    `/template/values/${one.name}`,
  ]);

  const make = async () => {
    setTried(true);
    const first = template.variables.find(
      (one) =>
        problemAt(wrong, `/values/${one.name}`) ||
        (one.required && !one.default && !values[one.name]?.trim()),
    );
    if (first) return document.getElementById(`fill-${first.name}`)?.focus();
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
    await run(async () => {
      if (into) {
        const use = { ...whichOf(template), values: given };
        const filled = await api.post<FilledTemplate>('/templates/fill', use, { idempotencyKey: null });
        return into.put(filled.content);
      }
      const campaign = await api.post<Campaign>(
        '/campaigns',
        {
          name: name.trim() || template.name,
          connection_id: connection?.id ?? null,
          template: { ...whichOf(template), values: given },
          settings: { purpose: template.purpose },
        },
        { idempotencyKey: key },
      );
      client.setQueryData(keys.campaign(campaign.id), campaign);
      void client.invalidateQueries({ queryKey: keys.campaigns() });
      void client.invalidateQueries({ queryKey: keys.templates() });
      await navigate({ to: '/campaigns/$id/edit', params: { id: campaign.id } });
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Use “${template.name}”`}
      size={860}
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={css.fill}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <div className={css.fields}>
          {template.variables.length === 0 && <p className="t2">This template has nothing to fill in.</p>}
          {template.variables.map((place, index) => (
            <TextInput
              key={place.name}
              id={`fill-${place.name}`}
              data-autofocus={index === 0 || undefined}
              label={place.label}
              type={inputType[place.type]}
              inputMode={place.type === 'number' ? 'decimal' : undefined}
              maxLength={place.type === 'date' ? undefined : 500}
              withAsterisk={place.required && place.default === null}
              placeholder={place.default ?? place.example ?? undefined}
              description={place.default === null ? undefined : `Left empty: ${place.default}`}
              dir={place.type === 'text' ? 'auto' : undefined}
              value={values[place.name] ?? ''}
              error={problemOf(place)}
              onChange={(event) => put(place, event.currentTarget.value)}
            />
          ))}
          {!into && (
            <TextInput
              label="Campaign name"
              description="Only your team sees it."
              value={name}
              maxLength={120}
              onChange={(event) => {
                setKey(newKey());
                setName(event.currentTarget.value);
              }}
            />
          )}
          {error || (wrong && problemElsewhere(wrong, pointers)) ? (
            <Note tone="bad">
              {problemElsewhere(error, pointers) ??
                problemElsewhere(wrong, pointers) ??
                'Correct the marked fields.'}
            </Note>
          ) : null}
          <p className="t3 small" style={{ margin: 0 }}>
            {into
              ? 'It replaces the text of this draft, and its files and buttons where the template has some.'
              : 'You get a draft. Nothing is sent before you say so.'}
          </p>
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" aria-disabled={busy || undefined}>
              {into ? 'Put into the message' : busy ? 'Making the draft' : 'Make campaign'}
            </Button>
          </div>
        </div>
        <TelegramPhone
          name={connection?.name ?? 'Your shop'}
          message={preview.data?.rendered ?? undefined}
          clock={clock(new Date().toISOString(), zone)}
        />
      </form>
    </Modal>
  );
}
