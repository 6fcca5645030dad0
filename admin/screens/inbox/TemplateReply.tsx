// What can be sent where a person on WhatsApp did not write within 24 hours: a template that WhatsApp approved, its places
// filled, shown as it will read.
import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconArrowLeft, IconClock, IconPaperclip, IconSend, IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { Conversation } from '../../../contract/conversations.ts';
import type { Page } from '../../../contract/lists.ts';
import type { WhatsAppTemplate } from '../../../contract/whatsapp-templates.ts';
import {
  type HeaderFile,
  hydrated,
  type TemplateValues,
  type TemplateVariable,
  variablesOf,
} from '../../../contract/whatsapp-templates.ts';
import { api, keys, newKey } from '../../api.ts';
import { useZone } from '../../session.ts';
import { FieldProblem, problemAt, problemElsewhere, problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { useAction } from '../../ui/use-action.ts';
import {
  keyOfTemplate,
  labelOfTemplate,
  type TemplateName,
  useTemplateChoice,
} from '../templates/whatsapp/use-template-choice.ts';
import { noneWords } from './none-words.ts';
import css from './Reply.module.css';
import { TemplateBubble } from './TemplateBubble.tsx';
import { useReplyFiles } from './use-reply-files.ts';

interface Props {
  conversation: Conversation;
  /** Undefined: there is no other way to answer. */
  onBack: (() => void) | undefined;
  onSent: () => void;
}

type Part = keyof TemplateValues;
const nothing: TemplateValues = { header: {}, body: {}, buttons: {} };
const accepted: Record<HeaderFile, string> = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4',
  document: '.pdf,.doc,.docx',
};
const fileWord: Record<HeaderFile, string> = { image: 'picture', video: 'video', document: 'document' };

export function TemplateReply({ conversation, onBack, onSent }: Props) {
  const { id, connection_id, contact, window } = conversation;
  const zone = useZone();
  const client = useQueryClient();
  const sending = useAction();
  const chooser = useRef<HTMLInputElement>(null);
  const key = useRef(newKey());
  const [chosen, setChosen] = useState<TemplateName | null>(null);
  const [values, setValues] = useState<TemplateValues>(nothing);
  const attached = useReplyFiles(`${id} template`, 1);
  const choice = useTemplateChoice(connection_id, chosen, true);
  const { list, shown } = choice;
  const others = { connection_id, sendable: false, limit: 10 };
  const unsendable = useQuery({
    queryKey: keys.whatsappTemplates(others),
    queryFn: ({ signal }) => api.get<Page<WhatsAppTemplate>>('/whatsapp_templates', others, signal),
    enabled: choice.isNone,
  });
  const stopped = unsendable.data?.data.length ? unsendable.data.data : null;
  const template = choice.current ?? null;
  const places = template && variablesOf(template.components);
  const isRefused = template?.category === 'MARKETING' && contact.opted_out;
  const missing = places ? lacking(places, values, attached.files.length) : 0;

  const changed = () => {
    key.current = newKey();
    sending.clear();
  };
  const put = (part: Part, name: string, value: string) => {
    changed();
    setValues((all) => ({ ...all, [part]: { ...all[part], [name]: value } }));
  };
  const send = () =>
    template &&
    void sending
      .run(async () => {
        const body = {
          template: { name: template.name, language: template.language, ...filled(values) },
          media: places?.headerFile ? attached.files.map((file) => ({ media_id: file.id })) : [],
        };
        await api.post(`/conversations/${id}/messages`, body, { idempotencyKey: key.current });
        attached.clear();
        setChosen(null);
        setValues(nothing);
        key.current = newKey();
        await client.invalidateQueries({ queryKey: keys.messages(id) });
        void client.invalidateQueries({ queryKey: keys.conversations() });
        void client.invalidateQueries({ queryKey: keys.conversation(id) });
      })
      .then((well) => well && onSent());
  const field = (part: Part, place: TemplateVariable, label: string, isRequired = true) => (
    <TextInput
      key={`${part} ${place.key}`}
      label={label}
      placeholder={place.example ? `Like ${place.example}` : undefined}
      withAsterisk={isRequired}
      maxLength={1024}
      value={values[part][place.key] ?? ''}
      error={problemAt(sending.error, `/template/${part}/${place.key}`)}
      onChange={(event) => put(part, place.key, event.currentTarget.value)}
    />
  );
  const shownFields = places
    ? [
        ...places.header.map(({ key: name }) => `/template/header/${name}`),
        ...places.body.map(({ key: name }) => `/template/body/${name}`),
        ...places.buttons.map(({ key: name }) => `/template/buttons/${name}`),
        '/media',
      ]
    : [];
  const elsewhere = problemElsewhere(sending.error, shownFields);
  const isClosed = window?.open === false;
  return (
    <div className={css.replyBox} data-error={Boolean(sending.error) || undefined}>
      <div className={css.templateForm}>
        <div className="row wrap small" style={{ alignItems: 'flex-start' }}>
          {onBack && (
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconArrowLeft size={16} stroke={1.75} />}
              onClick={onBack}
            >
              Write freely
            </Button>
          )}
          {isClosed && (
            <span className={`t2 ${css.windowWords}`}>
              <IconClock size={14} stroke={1.75} aria-hidden />
              <span>
                {window?.until
                  ? `The 24 hours to answer freely ended ${momentShort(window.until, zone)}.`
                  : `${contact.name} has not written yet.`}{' '}
                Until they write, WhatsApp takes approved templates only.
              </span>
            </span>
          )}
        </div>
        {list.isPending ? (
          <BlockSkeleton height={36} count={1} />
        ) : list.error && !list.data ? (
          <Note tone="warn">
            The templates could not be loaded. {problemText(list.error)}{' '}
            <Button size="xs" variant="default" onClick={() => void list.refetch()}>
              Try again
            </Button>
          </Note>
        ) : choice.isNone ? (
          <Note tone="warn">
            {stopped ? (
              <>
                {noneWords(stopped)}{' '}
                <Link to="/templates/whatsapp/$id" params={{ id: stopped[0]?.id ?? '' }}>
                  See why
                </Link>
                , or make another one.
              </>
            ) : (
              <>
                This number has no approved template. <Link to="/templates">Make one and submit it</Link>; a
                review takes minutes to a day.
              </>
            )}
          </Note>
        ) : (
          <Select
            label="Template"
            aria-label="Approved template"
            placeholder="Choose an approved template"
            searchable
            value={chosen ? keyOfTemplate(chosen) : null}
            data={shown.map((one) => ({ value: keyOfTemplate(one), label: labelOfTemplate(one) }))}
            filter={({ options }) => options}
            nothingFoundMessage={choice.nothingFound}
            onSearchChange={choice.onSearch}
            renderOption={({ option }) => {
              const one = shown.find((each) => keyOfTemplate(each) === option.value);
              return (
                <span className="row grow">
                  <span className="ellipsis grow">{option.label}</span>
                  {one?.category === 'MARKETING' && <span className="t3 small">Marketing</span>}
                </span>
              );
            }}
            error={problemAt(sending.error, '/template/name')}
            onChange={(next) => {
              changed();
              attached.clear();
              setChosen(choice.pick(next) ?? null);
              setValues(nothing);
            }}
          />
        )}
        {template && places && (
          <div className={css.templateFields}>
            <div>
              {isRefused && (
                <p className="small warn">
                  {contact.name} opted out of offers, and this template is marketing. Choose one that is none.
                </p>
              )}
              {places.headerFile && (
                <div>
                  <div className="row">
                    <input
                      ref={chooser}
                      type="file"
                      hidden
                      accept={accepted[places.headerFile]}
                      onChange={(event) => {
                        changed();
                        attached.add([...(event.currentTarget.files ?? [])]);
                        event.currentTarget.value = '';
                      }}
                    />
                    {attached.files[0] ? (
                      <>
                        <span className="small ellipsis grow">{attached.files[0].file_name}</span>
                        <ActionIcon
                          size={24}
                          variant="subtle"
                          aria-label={`Remove ${attached.files[0].file_name}`}
                          onClick={() => {
                            changed();
                            attached.clear();
                          }}
                        >
                          <IconX size={14} stroke={1.75} />
                        </ActionIcon>
                      </>
                    ) : (
                      <Button
                        size="xs"
                        variant="default"
                        leftSection={<IconPaperclip size={16} stroke={1.75} />}
                        onClick={() => chooser.current?.click()}
                      >
                        {attached.share === null
                          ? `Add the ${fileWord[places.headerFile]} above the text`
                          : `Uploading, ${Math.round(attached.share * 100)}%`}
                      </Button>
                    )}
                  </div>
                  <FieldProblem>
                    {problemAt(sending.error, '/media') ?? attached.problem ?? undefined}
                  </FieldProblem>
                </div>
              )}
              {places.header.map((place) => field('header', place, `Header, {{${place.key}}}`))}
              {places.body.map((place) => field('body', place, `Text, {{${place.key}}}`))}
              {places.buttons
                .filter(({ required }) => required)
                .map((place) =>
                  field(
                    'buttons',
                    place,
                    `${place.kind === 'url' ? `End of the address of “${place.label}”` : `Code of “${place.label}”`}`,
                  ),
                )}
            </div>
            <TemplateBubble
              shown={hydrated(template.components, filled(values))}
              file={attached.files[0] ?? null}
            />
          </div>
        )}
      </div>
      <div className={css.replyFoot}>
        <FieldProblem>{elsewhere && `Not sent. ${elsewhere}`}</FieldProblem>
        <span className="end row">
          {template && missing > 0 && (
            <span className="small t3">
              {missing === 1 ? '1 place is empty' : `${missing} places are empty`}
            </span>
          )}
          <ReasonButton
            disabled={!template || isRefused || missing > 0 || attached.share !== null}
            miw={88}
            leftSection={<IconSend size={16} stroke={1.75} />}
            onClick={send}
          >
            {sending.busy ? 'Sending' : 'Send template'}
          </ReasonButton>
        </span>
      </div>
    </div>
  );
}

/** Empty fields are no values: the place then still shows its name. */
function filled(values: TemplateValues): TemplateValues {
  const of = (part: Record<string, string>) =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value.trim() !== ''));
  return { header: of(values.header), body: of(values.body), buttons: of(values.buttons) };
}

function lacking(places: ReturnType<typeof variablesOf>, values: TemplateValues, files: number): number {
  const given = filled(values);
  const empty = (part: Part, all: TemplateVariable[]) =>
    all.filter(({ key }) => given[part][key] === undefined).length;
  return (
    (places.headerFile && files === 0 ? 1 : 0) +
    empty('header', places.header) +
    empty('body', places.body) +
    empty(
      'buttons',
      places.buttons.filter(({ required }) => required),
    )
  );
}
