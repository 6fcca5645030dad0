// Which approved template a campaign sends, and what stands in its places for each person.
import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type Content, isBlank, type WhatsAppContent } from '../../../../contract/message.ts';
import {
  type ButtonVariable,
  type TemplateVariable,
  variablesOf,
  type WhatsAppTemplate,
} from '../../../../contract/whatsapp-templates.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import {
  keyOfTemplate,
  labelOfTemplate,
  useTemplateChoice,
} from '../../templates/whatsapp/use-template-choice.ts';
import { AttachmentsField } from '../AttachmentsField.tsx';
import { FallbackFields } from './FallbackFields.tsx';
import type { MessageFieldsProps } from './message-fields.ts';
import { ShortField } from './ShortField.tsx';
import { TemplateText } from './TemplateText.tsx';
import css from './WhatsApp.module.css';
import { chosenTemplate, noWhatsApp } from './whatsapp-draft.ts';

type Chosen = NonNullable<WhatsAppContent['template']>;
const place = '/content/whatsapp/template';
const longest = 1024;

export function TemplateField(props: MessageFieldsProps) {
  const { content, connectionId, disabled, at } = props;
  const chosen = content.whatsapp?.template ?? null;
  const choice = useTemplateChoice(connectionId, chosen);
  const { list, current, shown } = choice;
  const put = (template: Chosen) =>
    props.onChange({ whatsapp: { ...(content.whatsapp ?? noWhatsApp), template } });
  if (list.error && !list.data)
    return (
      <ErrorState
        title="The templates could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    );
  const problem = at(place);
  return (
    <>
      {choice.isNone ? (
        <Note tone="info">
          This number has no template yet.{' '}
          <Link to="/templates/whatsapp/new" search={{ connection: connectionId ?? undefined }}>
            Write one
          </Link>{' '}
          and hand it in: WhatsApp mostly answers within minutes.
        </Note>
      ) : (
        <div data-field={place}>
          <Select
            label="Template"
            placeholder="Choose a template"
            searchable
            data={shown.map(optionOf)}
            value={chosen ? keyOfTemplate(chosen) : null}
            disabled={disabled ?? false}
            allowDeselect={false}
            filter={({ options }) => options}
            nothingFoundMessage={choice.nothingFound}
            onSearchChange={choice.onSearch}
            renderOption={({ option }) => {
              const one = shown.find((each) => keyOfTemplate(each) === option.value);
              return (
                <span className={css.option}>
                  <span className="ellipsis">{option.label}</span>
                  <span className="t3 small ellipsis">{one?.cannot_send ?? categoryOf(one)}</span>
                </span>
              );
            }}
            onChange={(key) => {
              const one = choice.pick(key);
              if (one) put(chosenTemplate(one, chosen));
            }}
          />
          {(!current || problem === current.cannot_send) && <FieldProblem>{problem}</FieldProblem>}
        </div>
      )}
      {current?.cannot_send && problem !== current.cannot_send && (
        <Note tone="bad">{current.cannot_send}</Note>
      )}
      {!chosen && !isBlank(content, null) && (
        <Note tone="warn">No template is chosen yet: as it stands, the free text is what is sent.</Note>
      )}
      {chosen && current && <Values {...props} chosen={chosen} template={current} put={put} />}
    </>
  );
}

const optionOf = (one: WhatsAppTemplate) => ({
  value: keyOfTemplate(one),
  label: labelOfTemplate(one),
  disabled: one.cannot_send !== null,
});

const categoryWords: Record<string, string> = {
  MARKETING: 'Marketing',
  UTILITY: 'Utility',
  AUTHENTICATION: 'Authentication',
};
const categoryOf = (one: WhatsAppTemplate | undefined) =>
  one ? (categoryWords[one.category] ?? one.category) : '';

function Values(
  props: MessageFieldsProps & {
    chosen: Chosen;
    template: WhatsAppTemplate;
    put: (chosen: Chosen) => void;
  },
) {
  const { chosen, template, content, put, at, onLeave, disabled, problems } = props;
  const places = variablesOf(template.components);
  const field = (
    part: 'header' | 'body' | 'buttons',
    one: TemplateVariable,
    label: string,
    before?: string,
  ) => {
    const pointer = `${place}/${part}/${one.key}`;
    const value = chosen[part][one.key] ?? '';
    const write = (next: string) => put({ ...chosen, [part]: { ...chosen[part], [one.key]: next } });
    return (
      <div key={pointer} className={css.lines}>
        <ShortField
          label={label}
          description={one.example === null ? undefined : `Approved with “${one.example}”`}
          placeholder={exampleOf(one, before)}
          pointer={pointer}
          value={value}
          {...(before && { before })}
          most={longest}
          problem={at(pointer)}
          disabled={disabled ?? false}
          onChange={write}
          onLeave={() => onLeave(pointer)}
        />
        <FallbackFields of={label} value={value} disabled={disabled ?? false} onChange={write} />
      </div>
    );
  };
  const asked = places.buttons.filter(({ required }) => required);
  const count = places.header.length + places.body.length + asked.length;
  return (
    <>
      {places.headerFile && (
        <AttachmentsField
          label={`Header: ${fileWords[places.headerFile]}`}
          required
          most={1}
          on="whatsapp"
          value={content.media}
          onChange={(media: Content['media']) => props.onChange({ media })}
          problems={problems}
          disabled={disabled ?? false}
        />
      )}
      {!places.headerFile && content.media.length > 0 && (
        <Note
          tone="warn"
          actions={
            <Button size="xs" variant="default" onClick={() => props.onChange({ media: [] })}>
              Remove the file
            </Button>
          }
        >
          This template shows no file, and one is attached.
        </Note>
      )}
      {(count > 0 || places.headerFile) && <TemplateText template={template} chosen={chosen} />}
      {count > 0 && (
        <fieldset className={css.group} aria-label="Values of the template">
          <p className="t2 small">
            What stands in its places, for everybody or from each contact. Whoever has no value, and nothing
            instead, gets no message.
          </p>
          {places.header.map((one) => field('header', one, `${nameOf(one)} in the header`))}
          {places.body.map((one) => field('body', one, `${nameOf(one)} in the text`))}
          {asked.map((one) => field('buttons', one, buttonLabel(one), one.base ?? undefined))}
        </fieldset>
      )}
      {count === 0 && !places.headerFile && (
        <p className="t3 small">Nothing to fill in: everybody reads the same.</p>
      )}
    </>
  );
}

/** Of an address the end alone is typed. */
const exampleOf = ({ example }: TemplateVariable, before = '') =>
  example?.startsWith(before) ? example.slice(before.length) : (example ?? undefined);
const fileWords = { image: 'a picture', video: 'a video', document: 'a document' };
const nameOf = ({ key, name }: TemplateVariable) =>
  name === null ? `{{${key}}}` : name.replaceAll('_', ' ');
const buttonLabel = ({ kind, label }: ButtonVariable) =>
  kind === 'copy_code' ? 'Code to copy' : `End of the address of “${label}”`;
