// Writing a template: its words, the places in them, and beside it what a person would see.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { placesIn } from '../../../contract/template-places.ts';
import type { Template, TemplatePlace } from '../../../contract/templates.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { TelegramPhone } from '../../channels/telegram/TelegramPhone.tsx';
import { connectionsQuery, useMay, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { clock } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import { typeWords } from '../campaigns/status.tsx';
import { ButtonsField } from '../composer/ButtonsField.tsx';
import { usePreview } from '../composer/LivePreview.tsx';
import { MessageEditor } from '../composer/MessageEditor.tsx';
import { Places } from './Places.tsx';
import css from './Templates.module.css';
import { categoryWords, newPlace, withLabels, withStandIns } from './template-queries.ts';
import { Versions } from './Versions.tsx';

type Words = Pick<Template, 'name' | 'category' | 'type' | 'content' | 'variables'>;
const fields = ['/name', '/content/text', '/content/buttons', '/variables'];

export function TemplateForm({ template, start }: { template: Template | null; start: Words }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
  const zone = useZone();
  const write = useMay('templates:write');
  const [words, setWords] = useState<Words>({
    name: start.name,
    category: start.category,
    type: start.type,
    content: start.content,
    variables: start.variables,
  });
  const [known, setKnown] = useState<TemplatePlace[]>(start.variables);
  const [changed, setChanged] = useState(false);
  const [saved, setSaved] = useState<Template | null>(null);
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const { data: connections } = useQuery(connectionsQuery);
  const connection = connections?.data.find((one) => one.status === 'connected');
  const change = (part: Partial<Words>) => {
    setChanged(true);
    setWords((now) => {
      const next = { ...now, ...part };
      if (!part.content) return next;
      // a place that is written becomes a variable, one that is gone leaves; its settings wait, should it come back
      const { text, buttons } = next.content;
      const names = placesIn([text, ...buttons.flatMap((one) => [one.text, one.url])]);
      const from = [...now.variables, ...known];
      return {
        ...next,
        variables: names.map((name) => from.find((one) => one.name === name) ?? newPlace(name)),
      };
    });
  };
  const changePlaces = (variables: TemplatePlace[]) => {
    setKnown((before) => [
      ...variables,
      ...before.filter((one) => !variables.some(({ name }) => name === one.name)),
    ]);
    change({ variables });
  };
  const shown = {
    ...words.content,
    // the preview draws labels; as Liquid they would be unknown variables
    text: withLabels(words.content.text, words.variables, true),
    buttons: words.content.buttons.map(({ text, url }) => ({
      text: withLabels(text, words.variables),
      url: withStandIns(url, words.variables),
    })),
  };
  const preview = usePreview(shown, connection?.id ?? null, undefined);

  useEffect(() => {
    if (saved) void navigate({ to: '/templates', search: { show: 'own' } });
  }, [saved, navigate]);
  const save = async () => {
    setTried(true);
    if (words.name.trim() === '') return document.querySelector<HTMLElement>('[data-field="/name"]')?.focus();
    await run(async () => {
      const next = template
        ? await api.patch<Template>(`/templates/${template.id}`, { ...words, version: template.version })
        : await api.post<Template>('/templates', words);
      client.setQueryData(keys.template(next.id), next);
      void client.invalidateQueries({ queryKey: keys.templates() });
      tell(template ? `Template saved as version ${next.version}` : `“${next.name}” added`);
      setSaved(next);
    });
  };
  useHotkeys([['mod+Enter', () => void (!write.reason && save())]], []);
  const conflict = error instanceof ApiProblem && error.code === 'VERSION_CONFLICT';
  const elsewhere = problemElsewhere(error, fields);
  const problems = error instanceof ApiProblem ? error.errors : [];
  const { text } = words.content;
  return (
    <Page
      title={template ? 'Edit template' : 'New template'}
      sunken
      actions={
        <>
          <Button variant="subtle" component={Link} to="/templates?show=own">
            {phone ? 'Back' : 'Go back'}
          </Button>
          <ReasonButton reason={write.reason} onClick={() => void save()}>
            {busy ? 'Saving' : phone ? 'Save' : 'Save template'}
          </ReasonButton>
        </>
      }
    >
      <UnsavedChanges when={changed && saved === null} what="this template" />
      <div className={css.halves}>
        <div className={css.fields}>
          {elsewhere && (
            <Note
              tone="bad"
              actions={
                conflict &&
                template && (
                  <button
                    type="button"
                    className="plain-button"
                    onClick={() => void client.invalidateQueries({ queryKey: keys.template(template.id) })}
                  >
                    Load the other version
                  </button>
                )
              }
            >
              {elsewhere}
            </Note>
          )}
          <Section title="Template">
            <div className={css.fields}>
              <TextInput
                label="Name"
                data-field="/name"
                value={words.name}
                maxLength={80}
                error={
                  problemAt(error, '/name') ??
                  (tried && words.name.trim() === '' ? 'Give the template a name.' : undefined)
                }
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <div className="row wrap" style={{ alignItems: 'flex-start' }}>
                <NativeSelect
                  label="Category"
                  data={Object.entries(categoryWords).map(([value, label]) => ({ value, label }))}
                  value={words.category}
                  onChange={(event) => change({ category: event.currentTarget.value as Words['category'] })}
                />
                <NativeSelect
                  label="Campaign type"
                  data={Object.entries(typeWords).map(([value, label]) => ({ value, label }))}
                  value={words.type}
                  onChange={(event) => change({ type: event.currentTarget.value as Words['type'] })}
                />
              </div>
            </div>
          </Section>
          <Section
            title="Message"
            help="Write {{ discount_code }} where something changes from campaign to campaign: it becomes a place to fill."
          >
            <div className={css.fields}>
              <MessageEditor
                text={text}
                onChange={(next) => change({ content: { ...words.content, text: next } })}
                length={null}
                hasFile={words.content.media.length > 0}
                problem={problemAt(error, '/content/text')}
              />
              <ButtonsField
                value={words.content.buttons}
                onChange={(buttons) => change({ content: { ...words.content, buttons } })}
                problems={problems}
                all={tried}
              />
            </div>
          </Section>
          <Places places={words.variables} error={error} onChange={changePlaces} />
          {template && <Versions template={template} locked={changed} />}
        </div>
        <TelegramPhone
          name={connection?.name ?? 'Your shop'}
          message={preview.data?.rendered ?? undefined}
          clock={clock(new Date().toISOString(), zone)}
        />
      </div>
    </Page>
  );
}
