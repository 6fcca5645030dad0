// Writes a template for WhatsApp: its parts, examples and buttons, each problem beside its field, and beside it what WhatsApp
// judges. What it says of one that is there stands above it, what became of it below.

import { Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Connection } from '../../../../contract/connections.ts';
import {
  draftProblems,
  type TemplateDraft,
  templateLimits,
} from '../../../../contract/whatsapp-template-draft.ts';
import { componentsOf } from '../../../../contract/whatsapp-template-parts.ts';
import type { WhatsAppTemplate } from '../../../../contract/whatsapp-templates.ts';
import { ApiProblem, api, keys } from '../../../api.ts';
import { useMay, useZone } from '../../../session.ts';
import { usePhone } from '../../../ui/DataTable.tsx';
import { problemAt, problemElsewhere } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { Page, Section } from '../../../ui/Page.tsx';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { clock } from '../../../ui/times.ts';
import { tell } from '../../../ui/toast.tsx';
import { UnsavedChanges } from '../../../ui/UnsavedChanges.tsx';
import { useAction } from '../../../ui/use-action.ts';
import { labelOfConnection } from '../../connections/handle.ts';
import templates from '../Templates.module.css';
import { BodyField } from './BodyField.tsx';
import { DraftButtons } from './DraftButtons.tsx';
import { HeaderField } from './HeaderField.tsx';
import { languageChoices } from './languages.ts';
import { Standing } from './Standing.tsx';
import { TemplateHistory } from './TemplateHistory.tsx';
import { TemplatePhone } from './TemplatePhone.tsx';
import css from './WhatsAppTemplates.module.css';

interface Props {
  template: WhatsAppTemplate | null;
  numbers: Connection[];
  /** The one a new template is for, until another is chosen; absent: the first. */
  number?: string | undefined;
  /** What a new one most likely is in. */
  language?: string;
  /** Null: it has parts that are written elsewhere. */
  start: TemplateDraft | null;
}
const empty: TemplateDraft = { header: null, body: { text: '', examples: {} }, footer: null, buttons: [] };
const shown = [
  '/name',
  '/language',
  '/category',
  '/header',
  '/body',
  '/footer',
  '/buttons',
  '/connection_id',
];
const categories = [
  { value: 'MARKETING', label: 'Marketing: offers, news, invitations' },
  { value: 'UTILITY', label: 'Utility: about an order, an account or an appointment' },
];

export function WhatsAppTemplateForm({
  template,
  numbers,
  number: given,
  language: likely = 'en_US',
  start,
}: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
  const zone = useZone();
  const write = useMay('templates:write');
  const { busy, error, run } = useAction();
  const [number, setNumber] = useState(template?.connection_id ?? given ?? numbers[0]?.id ?? '');
  const [name, setName] = useState(template?.name ?? '');
  const [language, setLanguage] = useState(template?.language ?? likely);
  const [category, setCategory] = useState(template?.category ?? 'MARKETING');
  const [draft, setDraft] = useState<TemplateDraft>(start ?? empty);
  const [changed, setChanged] = useState(false);
  const [tried, setTried] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [saved, setSaved] = useState(false);
  const canChange =
    template === null || (start !== null && ['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status));
  // a rejected one may be handed in as it is, after an appeal or when its rejection was a mistake
  const isSame = template !== null && template.status !== 'REJECTED' && !changed;
  const reason =
    write.reason ??
    (!canChange
      ? 'It cannot be changed at present. What stands above says why.'
      : isSame
        ? 'Change something first.'
        : undefined);
  const problems = draftProblems(template ? draft : { ...draft, name });
  /** Of one field: what the server said of it, or what is known once it was left. */
  const at = (pointer: string) =>
    problemAt(error, pointer) ??
    (tried || left.has(pointer) ? problems.find((one) => one.pointer === pointer)?.detail : undefined);
  const leave = (pointer: string) => setLeft((now) => new Set(now).add(pointer));
  const change = (part: Partial<TemplateDraft>) => {
    setChanged(true);
    setDraft((now) => ({ ...now, ...part }));
  };
  useEffect(() => {
    if (saved) void navigate({ to: '/templates', search: { show: 'approved' } });
  }, [saved, navigate]);

  const save = async () => {
    setTried(true);
    const [first] = problems;
    if (first) {
      const field = document.querySelector<HTMLElement>(`[data-field="${first.pointer}"]`);
      (field?.matches('input, textarea')
        ? field
        : (field?.querySelector<HTMLElement>('input, textarea, button') ?? field)
      )?.focus();
      return;
    }
    await run(async () => {
      const next = template
        ? await api.patch<WhatsAppTemplate>(`/whatsapp_templates/${template.id}`, {
            ...draft,
            version: template.version,
            ...(category === template.category ? {} : { category }),
          })
        : await api.post<WhatsAppTemplate>('/whatsapp_templates', {
            connection_id: number,
            name,
            language,
            category,
            ...draft,
          });
      void client.invalidateQueries({ queryKey: keys.whatsappTemplates() });
      tell(
        next.status === 'APPROVED'
          ? `${next.name} is approved`
          : `${next.name} was handed in. WhatsApp judges it now.`,
      );
      setSaved(true);
    });
  };
  useHotkeys([['mod+Enter', () => void (!reason && save())]], []);
  const conflict = error instanceof ApiProblem && error.code === 'VERSION_CONFLICT';
  const elsewhere = problemElsewhere(error, shown);
  const sampleId = draft.header && draft.header.kind !== 'text' ? draft.header.media_id : null;
  return (
    <Page
      title={template ? template.name : 'New WhatsApp template'}
      sunken
      actions={
        <>
          <Button variant="subtle" component={Link} to="/templates?show=approved">
            {phone ? 'Back' : 'Go back'}
          </Button>
          <ReasonButton reason={reason} onClick={() => void save()}>
            {busy ? 'Handing in' : phone ? 'Hand in' : template ? 'Hand in again' : 'Hand in for approval'}
          </ReasonButton>
        </>
      }
    >
      <UnsavedChanges when={changed && !saved} what="this template" />
      <div className={templates.halves}>
        <div className={templates.fields}>
          {template && (
            <Standing template={template} isWritable={start !== null} onGone={() => setSaved(true)} />
          )}
          {elsewhere && (
            <Note
              tone="bad"
              actions={
                conflict &&
                template && (
                  <button
                    type="button"
                    className="plain-button"
                    onClick={() =>
                      void client.invalidateQueries({ queryKey: keys.whatsappTemplate(template.id) })
                    }
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
            <div className={templates.fields}>
              {!template && numbers.length > 1 && (
                <NativeSelect
                  label="Number"
                  description="Templates belong to the WhatsApp account; every number of it can send them."
                  data={numbers.map((one) => ({ value: one.id, label: labelOfConnection(one) }))}
                  value={number}
                  error={at('/connection_id')}
                  onChange={(event) => setNumber(event.currentTarget.value)}
                />
              )}
              <div className={css.line}>
                <TextInput
                  label="Name"
                  data-field="/name"
                  description="Customers never see it."
                  placeholder="spring_sale"
                  value={name}
                  disabled={template !== null}
                  maxLength={templateLimits.name}
                  error={at('/name')}
                  onBlur={() => leave('/name')}
                  onChange={(event) => {
                    setChanged(true);
                    // what people type by habit becomes what WhatsApp takes
                    setName(event.currentTarget.value.toLowerCase().replace(/[\s-]+/g, '_'));
                  }}
                />
                <Select
                  label="Language"
                  description="The language of the text below."
                  data={
                    template && !languageChoices.some(({ value }) => value === language)
                      ? [language]
                      : languageChoices
                  }
                  value={language}
                  disabled={template !== null}
                  searchable
                  allowDeselect={false}
                  error={at('/language')}
                  onChange={(next) => next && setLanguage(next)}
                />
              </div>
              <NativeSelect
                label="Category"
                description="WhatsApp reads the text and changes the category where it finds another one. Prices differ by it."
                data={
                  categories.some(({ value }) => value === category)
                    ? categories
                    : [...categories, { value: category, label: category }]
                }
                value={category}
                disabled={!canChange || template?.status === 'APPROVED'}
                error={at('/category')}
                onChange={(event) => {
                  setChanged(true);
                  setCategory(event.currentTarget.value);
                }}
              />
            </div>
          </Section>
          {start !== null && (
            <>
              <Section title="Message">
                <fieldset
                  className="plain"
                  disabled={!canChange}
                  style={{ border: 0, padding: 0, margin: 0 }}
                >
                  <div className={templates.fields}>
                    <HeaderField
                      value={draft.header}
                      at={at}
                      onLeave={leave}
                      onChange={(header) => change({ header })}
                    />
                    <BodyField
                      value={draft.body}
                      at={at}
                      onLeave={leave}
                      onChange={(body) => change({ body })}
                    />
                    <TextInput
                      label="Footer"
                      data-field="/footer"
                      description="Optional, small and grey: “Reply STOP to unsubscribe”."
                      value={draft.footer ?? ''}
                      error={at('/footer')}
                      onBlur={() => leave('/footer')}
                      onChange={(event) => change({ footer: event.currentTarget.value || null })}
                    />
                  </div>
                </fieldset>
              </Section>
              <Section
                title="Buttons"
                help="Optional. Customers see up to three at once, further ones behind “See all options”."
              >
                <fieldset disabled={!canChange} style={{ border: 0, padding: 0, margin: 0 }}>
                  <DraftButtons
                    value={draft.buttons}
                    at={at}
                    onLeave={leave}
                    onChange={(buttons) => change({ buttons })}
                  />
                </fieldset>
              </Section>
            </>
          )}
          {template && <TemplateHistory id={template.id} />}
        </div>
        <div className={css.preview}>
          <TemplatePhone
            name={numbers.find((one) => one.id === number)?.name ?? 'Your shop'}
            components={start === null && template ? template.components : componentsOf(draft, null)}
            sampleId={sampleId}
            clock={clock(new Date().toISOString(), zone)}
          />
        </div>
      </div>
    </Page>
  );
}
