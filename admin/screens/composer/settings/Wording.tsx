// One further wording of an A/B test: its text, what is wrong with it, and how somebody will see it.
import { Button } from '@mantine/core';
import { IconEye, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { CampaignKind } from '../../../../contract/campaigns.ts';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import type { FieldProblem as Problem } from '../../../../contract/errors.ts';
import { type Content, isBlank } from '../../../../contract/message.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { sameValue } from '../draft.ts';
import { LivePreview, type PreviewPeople, usePreview } from '../LivePreview.tsx';
import { MessageEditor } from '../MessageEditor.tsx';
import { WhatsAppMessage } from '../whatsapp/WhatsAppMessage.tsx';
import { problemsWithin } from './ab-test.ts';
import own from './Settings.module.css';

export interface Viewed {
  people: PreviewPeople;
  /** That of the connection; undefined: none is chosen. */
  channel: Channel | undefined;
  /** The platform that is previewed where no connection is chosen. */
  shown?: Channel | undefined;
  connectionId: string | null;
  botName: string;
  /** Of the campaign, for what its event knows. */
  kind?: CampaignKind;
}

interface Props {
  name: string;
  /** Its JSON pointer in the campaign. */
  place: string;
  content: Content;
  first: Content;
  /** The variants that stand above this one. */
  before: { name: string; content: Content }[];
  viewed: Viewed;
  /** Of the whole campaign. */
  problems: Problem[];
  disabled: boolean;
  onChange: (content: Content) => void;
  onRemove: (() => void) | undefined;
}

export function Wording(props: Props) {
  const { name, content, first, viewed, disabled } = props;
  const [shown, setShown] = useState(false);
  const preview = usePreview(content, viewed.connectionId, viewed.people.current?.id, viewed.kind);
  const length = preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null);
  const channel = viewed.channel ?? null;
  const blank = isBlank(content, channel);
  // a wording that was not begun is not wrong yet
  const problems = [...problemsWithin(props.place, props.problems), ...(blank ? [] : preview.problems)];
  const isSame = props.before.find((one) => sameValue(one.content, content))?.name;
  const hasOwnParts = factsOf(channel)?.hasOwnParts ?? false;
  const put = (part: Partial<Content>) => props.onChange({ ...content, ...part });
  return (
    <div className={own.wording} data-field={props.place}>
      <div className="row">
        <h4 className="grow">Variant {name}</h4>
        {props.onRemove && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={disabled}
            leftSection={<IconTrash size={14} stroke={1.75} />}
            onClick={props.onRemove}
          >
            Remove<span className="sr-only"> variant {name}</span>
          </Button>
        )}
      </div>
      {hasOwnParts ? (
        <>
          <WhatsAppMessage
            label={`What variant ${name} sends`}
            content={content}
            connectionId={viewed.connectionId}
            length={length}
            problems={problems}
            all
            disabled={disabled}
            onChange={put}
          />
          <FieldProblem>{problems.find(({ pointer }) => isWhole(pointer))?.detail}</FieldProblem>
        </>
      ) : (
        <MessageEditor
          label={`Text of variant ${name}`}
          kind={viewed.kind}
          text={content.text}
          length={length}
          hasFile={content.media.length > 0}
          problem={(problems.find(isOfText) ?? problems[0])?.detail}
          disabled={disabled}
          onChange={(text) => put({ text })}
        />
      )}
      {isSame && (
        <Note tone="warn">
          Variant {name} says the same as {isSame}: nothing could come of comparing them.
        </Note>
      )}
      {!hasOwnParts && (
        <Rest
          content={content}
          first={first}
          anyChannel={channel === null}
          onTake={disabled ? undefined : put}
        />
      )}
      <div>
        <Button
          variant="default"
          size="xs"
          aria-expanded={shown}
          leftSection={<IconEye size={14} stroke={1.75} />}
          onClick={() => setShown(!shown)}
        >
          {shown ? 'Hide the preview' : `Preview of ${name}`}
        </Button>
      </div>
      {shown && (
        <LivePreview
          people={viewed.people}
          preview={preview}
          channel={viewed.channel ?? viewed.shown}
          botName={viewed.botName}
          blank={blank}
        />
      )}
    </div>
  );
}

const isWhole = (pointer: string) => pointer === '' || pointer === '/content';
const isOfText = ({ pointer }: Problem) => pointer === '/content/text' || isWhole(pointer);

/** What of A goes with the text: files, buttons, and where no connection is chosen the approved template of those who need one. */
function Rest(props: {
  content: Content;
  first: Content;
  anyChannel: boolean;
  onTake: ((rest: Partial<Content>) => void) | undefined;
}) {
  const { content, first, anyChannel, onTake } = props;
  const templateOf = ({ whatsapp }: Content) => (anyChannel ? (whatsapp?.template ?? null) : null);
  const isSame =
    sameValue(content.media, first.media) &&
    sameValue(content.buttons, first.buttons) &&
    sameValue(templateOf(content), templateOf(first));
  const hasTemplate = templateOf(content) !== null || templateOf(first) !== null;
  if (isSame)
    return (
      <p className="t3 small">
        With the {hasTemplate ? 'files, buttons and approved template' : 'files and buttons'} of A.
      </p>
    );
  const { media, buttons, whatsapp } = first;
  return (
    <Note
      tone="warn"
      actions={
        onTake && (
          <button
            type="button"
            className="plain-button"
            onClick={() => onTake({ media, buttons, ...(anyChannel && { whatsapp }) })}
          >
            Take those of A
          </button>
        )
      }
    >
      Its {hasTemplate ? 'files, buttons or approved template' : 'files or buttons'} are not those of A.
    </Note>
  );
}
