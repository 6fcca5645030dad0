// An A/B test: further wordings of the message, how many people try them, and who says which one everybody else gets.
import { Button, Select, Switch } from '@mantine/core';
import { IconEye, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Channel } from '../../../../contract/connections.ts';
import type { Content } from '../../../../contract/message.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { type AbTest, variantKeys } from '../../../../contract/variants.ts';
import { Note } from '../../../ui/Note.tsx';
import css from '../Composer.module.css';
import { LivePreview, type PreviewPeople, usePreview } from '../LivePreview.tsx';
import { MessageEditor } from '../MessageEditor.tsx';
import { NumberField } from '../NumberField.tsx';
import { WhatsAppMessage } from '../whatsapp/WhatsAppMessage.tsx';
import own from './Settings.module.css';
import { suggestedTest, usualMinutes } from './suggested-test.ts';

interface Viewed {
  people: PreviewPeople;
  channel: Channel | undefined;
  connectionId: string | null;
  botName: string;
}

interface Props {
  ab: AbTest | null;
  /** The campaign's own message: variant A. */
  content: Content;
  schedule: Schedule;
  onChange: (ab: AbTest | null) => void;
  /** What is wrong at a JSON pointer of the campaign. */
  problemAt: (pointer: string) => string | undefined;
  /** With whose eyes the wordings are previewed. */
  viewed: Viewed;
}

type By = AbTest['winner']['by'];
const winners: { value: By; label: string }[] = [
  { value: 'clicks', label: 'Most clicks' },
  { value: 'replies', label: 'Most replies' },
  { value: 'conversions', label: 'Most orders' },
  { value: 'hand', label: 'I choose by hand' },
];

export function VariantOptions({ ab, content, schedule, viewed, onChange, problemAt }: Props) {
  const at = (field: string) => problemAt(`/settings/ab${field}`);
  // what is said at a field of its own is not said twice
  const fields = [
    '/test_percent',
    '/winner',
    ...(ab?.variants ?? []).map((_, index) => `/variants/${index}`),
  ];
  const whole = fields.some((field) => at(field) === at('')) ? undefined : at('');
  return (
    <div className={css.canary} data-field="/settings/ab">
      <Switch
        label="Try several wordings (A/B test)"
        description="A share of the people gets them in equal parts. Everybody else waits and gets the one that did best."
        checked={ab !== null}
        error={whole}
        onChange={(event) => onChange(event.currentTarget.checked ? suggestedTest(content, schedule) : null)}
      />
      {ab && (
        <fieldset className={css.canaryFields} aria-label="A/B test">
          <p className="t2">Variant A is the message as you wrote it.</p>
          {ab.variants.map((variant, index) => (
            <Wording
              key={variant.key}
              name={variant.key.toUpperCase()}
              place={`/settings/ab/variants/${index}`}
              content={variant.content}
              first={content}
              before={[{ key: 'a', content }, ...ab.variants.slice(0, index)].map((one) => ({
                name: one.key.toUpperCase(),
                content: one.content,
              }))}
              viewed={viewed}
              problem={at(`/variants/${index}`)}
              onChange={(next) =>
                onChange({ ...ab, variants: ab.variants.with(index, { ...variant, content: next }) })
              }
              onRemove={ab.variants.length > 1 ? () => onChange(without(ab, index)) : undefined}
            />
          ))}
          {ab.variants.length < 4 && (
            <div>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconPlus size={14} stroke={1.75} />}
                onClick={() => onChange(withOneMore(ab, content))}
              >
                Add variant {keyAt(ab.variants.length + 1).toUpperCase()}
              </Button>
            </div>
          )}
          <Test ab={ab} onChange={onChange} at={at} />
        </fieldset>
      )}
    </div>
  );
}

function Test(props: { ab: AbTest; onChange: Props['onChange']; at: (field: string) => string | undefined }) {
  const { ab, onChange, at } = props;
  const { winner } = ab;
  const isAll = ab.test_percent === 100;
  return (
    <div className={own.row}>
      <div data-field="/settings/ab/test_percent">
        <NumberField
          label="People in the test"
          suffix=" %"
          w={140}
          min={1}
          max={100}
          value={ab.test_percent}
          error={at('/test_percent')}
          onChange={(test_percent) => onChange({ ...ab, test_percent })}
        />
      </div>
      {isAll ? (
        <p className="t2">
          Everybody is part of the test: it has figures, and nobody is left to send a winner to.
        </p>
      ) : (
        <>
          <Select
            label="Who wins"
            w={190}
            allowDeselect={false}
            data={winners}
            value={winner.by}
            onChange={(by) => by && onChange({ ...ab, winner: winnerBy(by as By, winner) })}
          />
          {winner.by !== 'hand' && (
            <div data-field="/settings/ab/winner">
              <NumberField
                label="Decide after, minutes"
                description="From the last message of the test."
                w={210}
                min={5}
                max={10_080}
                value={winner.after_minutes}
                error={at('/winner')}
                onChange={(after_minutes) => onChange({ ...ab, winner: { by: winner.by, after_minutes } })}
              />
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Wording(props: {
  name: string;
  place: string;
  content: Content;
  first: Content;
  /** The variants that stand above this one. */
  before: { name: string; content: Content }[];
  viewed: Viewed;
  problem: string | undefined;
  onChange: (content: Content) => void;
  onRemove: (() => void) | undefined;
}) {
  const { name, content, first, viewed } = props;
  const [shown, setShown] = useState(false);
  const preview = usePreview(content, viewed.connectionId, viewed.people.current?.id);
  const length = preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null);
  const isSame = props.before.find((one) => same(one.content, content))?.name;
  const isOwn = viewed.channel === 'whatsapp';
  const differs = !isOwn && (!same(content.media, first.media) || !same(content.buttons, first.buttons));
  return (
    <div className={own.wording} data-field={props.place}>
      <div className="row">
        <h4 className="grow">Variant {name}</h4>
        {props.onRemove && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconTrash size={14} stroke={1.75} />}
            onClick={props.onRemove}
          >
            Remove<span className="sr-only"> variant {name}</span>
          </Button>
        )}
      </div>
      {viewed.channel === 'whatsapp' ? (
        <WhatsAppMessage
          label={`What variant ${name} sends`}
          content={content}
          connectionId={viewed.connectionId}
          length={length}
          problems={preview.problems}
          all
          onChange={(part) => props.onChange({ ...content, ...part })}
        />
      ) : (
        <MessageEditor
          label={`Text of variant ${name}`}
          text={content.text}
          length={length}
          hasFile={content.media.length > 0}
          problem={props.problem}
          onChange={(text) => props.onChange({ ...content, text })}
        />
      )}
      {isSame && (
        <Note tone="warn">
          Variant {name} says the same as {isSame}: nothing could come of comparing them.
        </Note>
      )}
      {differs ? (
        <Note
          tone="warn"
          actions={
            <button
              type="button"
              className="plain-button"
              onClick={() => props.onChange({ ...content, media: first.media, buttons: first.buttons })}
            >
              Take those of A
            </button>
          }
        >
          Its files or buttons are not those of A.
        </Note>
      ) : (
        !isOwn && <p className="t3 small">With the files and buttons of A.</p>
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
          channel={viewed.channel}
          botName={viewed.botName}
        />
      )}
    </div>
  );
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const keyAt = (place: number) => variantKeys[place] as AbTest['variants'][number]['key'];

function withOneMore(ab: AbTest, content: Content): AbTest {
  return { ...ab, variants: [...ab.variants, { key: keyAt(ab.variants.length + 1), content }] };
}

/** The letters have no gaps. */
function without(ab: AbTest, place: number): AbTest {
  const left = ab.variants.filter((_, index) => index !== place);
  return { ...ab, variants: left.map((variant, index) => ({ ...variant, key: keyAt(index + 1) })) };
}

function winnerBy(by: By, before: AbTest['winner']): AbTest['winner'] {
  if (by === 'hand') return { by };
  return { by, after_minutes: 'after_minutes' in before ? before.after_minutes : usualMinutes };
}
