// The message of a campaign on WhatsApp: an approved template, or free text for who wrote within 24 hours.
import { Radio } from '@mantine/core';
import { useRef, useState } from 'react';
import { type Content, isBlank, type WhatsAppContent, whatsappLimits } from '../../../../contract/message.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { AttachmentsField } from '../AttachmentsField.tsx';
import kinds from '../audience/Audience.module.css';
import { ButtonsField } from '../ButtonsField.tsx';
import css from '../Composer.module.css';
import { MessageEditor } from '../MessageEditor.tsx';
import { emptyList, ListField } from './ListField.tsx';
import type { MessageFieldsProps, MessageProps } from './message-fields.ts';
import { RepliesField } from './RepliesField.tsx';
import { ShortField } from './ShortField.tsx';
import { TemplateField } from './TemplateField.tsx';
import { noWhatsApp, type Under, underOf } from './whatsapp-draft.ts';

export function WhatsAppMessage(props: MessageProps) {
  const { content, onChange, disabled = false } = props;
  const chosen = content.whatsapp?.template ?? null;
  const [kind, setKind] = useState<'template' | 'free'>(
    chosen || isBlank(content, 'whatsapp') ? 'template' : 'free',
  );
  const on = chosen ? 'template' : kind;
  /** Going back and forth loses nothing. */
  const kept = useRef<WhatsAppContent['template']>(chosen);
  if (chosen) kept.current = chosen;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const given: MessageFieldsProps = {
    ...props,
    at: (pointer) =>
      props.all || left.has(pointer) || !isField(pointer)
        ? props.problems.find((one) => one.pointer === pointer)?.detail
        : undefined,
    onLeave: (pointer) => setLeft((before) => new Set(before).add(pointer)),
  };
  const choose = (next: 'template' | 'free') => {
    setKind(next);
    const template = next === 'template' ? kept.current : null;
    if (template !== chosen) onChange({ whatsapp: { ...(content.whatsapp ?? noWhatsApp), template } });
  };
  return (
    <>
      <Radio.Group
        label={props.label ?? 'What is sent'}
        value={on}
        onChange={(next) => choose(next === 'free' ? 'free' : 'template')}
      >
        <div className={kinds.kinds}>
          <Radio
            className={kinds.kind}
            value="template"
            label="Approved template"
            description="Reaches everybody with a number who has not opted out"
            disabled={disabled}
          />
          <Radio
            className={kinds.kind}
            value="free"
            label="Free text"
            description="Reaches only who wrote within the last 24 hours"
            disabled={disabled}
          />
        </div>
      </Radio.Group>
      {on === 'template' ? <TemplateField {...given} /> : <FreeText {...given} />}
    </>
  );
}

/** A field that is judged once it was left; what concerns the whole message is said at once. */
const isField = (pointer: string) =>
  /\/(title|description|button|footer|header|body|buttons)(\/|$)/.test(pointer);

const unders: { value: Under; label: string; description: string }[] = [
  { value: 'nothing', label: 'Nothing', description: 'Text and file only' },
  { value: 'replies', label: 'Reply buttons', description: 'Up to three, answered by a press' },
  { value: 'list', label: 'List', description: 'Up to ten rows to choose from' },
  { value: 'link', label: 'Link button', description: 'One, opens an address' },
];

function FreeText(props: MessageFieldsProps) {
  const { content, onChange, problems, at, onLeave, all, disabled = false } = props;
  const whatsapp = content.whatsapp ?? noWhatsApp;
  const found = underOf(content);
  const [asked, setAsked] = useState<Under>(found);
  const under = found === 'nothing' ? asked : found;
  const kept = useRef<Pick<Content, 'buttons'> & Pick<WhatsAppContent, 'reply_buttons' | 'list'>>({
    buttons: [],
    reply_buttons: [],
    list: null,
  });
  const put = (part: Partial<WhatsAppContent>) => onChange({ whatsapp: { ...whatsapp, ...part } });
  /** What stood under it before comes back when it is chosen again. */
  const choose = (next: Under) => {
    if (content.buttons.length > 0) kept.current.buttons = content.buttons;
    if (whatsapp.reply_buttons.length > 0) kept.current.reply_buttons = whatsapp.reply_buttons;
    if (whatsapp.list) kept.current.list = whatsapp.list;
    setAsked(next);
    const { buttons, reply_buttons, list } = kept.current;
    const orOne = <T,>(all: T[], one: T) => (all.length > 0 ? all : [one]);
    onChange({
      buttons: next === 'link' ? orOne(buttons, { text: '', url: '' }) : [],
      whatsapp: {
        ...whatsapp,
        reply_buttons: next === 'replies' ? orOne(reply_buttons, { title: '' }) : [],
        list: next === 'list' ? (list ?? emptyList) : null,
      },
    });
  };
  return (
    <>
      <MessageEditor
        text={content.text}
        onChange={(text) => onChange({ text })}
        length={props.length}
        limit={under === 'nothing' || under === 'list' ? undefined : whatsappLimits.interactiveBody}
        channel="whatsapp"
        hasFile={content.media.length > 0}
        problem={at('/content/text')}
        disabled={disabled}
        beside={props.beside}
      />
      <AttachmentsField
        most={1}
        on="whatsapp"
        value={content.media}
        onChange={(media) => onChange({ media })}
        problems={problems}
        disabled={disabled}
      />
      <Radio.Group
        label="Under the text"
        value={under}
        onChange={(next) => choose(unders.find(({ value }) => value === next)?.value ?? 'nothing')}
      >
        <div className={kinds.kinds}>
          {unders.map((one) => (
            <Radio key={one.value} className={kinds.kind} disabled={disabled} {...one} />
          ))}
        </div>
      </Radio.Group>
      {under === 'replies' && (
        <RepliesField
          value={whatsapp.reply_buttons}
          onChange={(reply_buttons) => put({ reply_buttons })}
          at={at}
          onLeave={onLeave}
        />
      )}
      {under === 'list' && (
        <ListField
          value={whatsapp.list ?? emptyList}
          onChange={(list) => put({ list })}
          at={at}
          onLeave={onLeave}
        />
      )}
      {under === 'link' && (
        <ButtonsField
          most={1}
          longest={whatsappLimits.linkTitle}
          value={content.buttons}
          onChange={(buttons) => onChange({ buttons })}
          problems={problems}
          all={all}
        />
      )}
      {['/content/whatsapp/list', '/content/buttons'].map((pointer) => (
        <FieldProblem key={pointer}>{at(pointer)}</FieldProblem>
      ))}
      {(under !== 'nothing' || whatsapp.footer) && (
        <div className={css.fieldset}>
          <ShortField
            label="Footer"
            description="A quiet line under the text, for how to get no more messages for example"
            pointer="/content/whatsapp/footer"
            placeholder="Send STOP to get no more"
            value={whatsapp.footer ?? ''}
            most={whatsappLimits.footer}
            problem={at('/content/whatsapp/footer')}
            disabled={disabled}
            onChange={(footer) => put({ footer: footer || null })}
            onLeave={() => onLeave('/content/whatsapp/footer')}
          />
        </div>
      )}
    </>
  );
}
