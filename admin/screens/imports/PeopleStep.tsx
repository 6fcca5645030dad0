// The third step: what happens to people who are there already, tags and list for everybody, and consent with its proof.
import { Radio, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Channel } from '../../../contract/connections.ts';
import type { ContactImport, ImportPolicy } from '../../../contract/imports.ts';
import type { Page } from '../../../contract/lists.ts';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { connectionsQuery, useMay } from '../../session.ts';
import { problemAt } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Section } from '../../ui/Page.tsx';
import { TagsField } from '../../ui/TagsField.tsx';
import { channelWord } from '../frame/ChannelTile.tsx';
import type { Choices, ConsentChoice } from './choices.ts';
import css from './Imports.module.css';
import { policyHelp, policyWords } from './policy-words.ts';
import type { Draft } from './use-import.ts';

interface Props {
  item: ContactImport;
  draft: Draft;
  choices: Choices;
  /** Continue was pressed: what is missing is said. */
  asked: boolean;
}

export function PeopleStep({ item, draft, choices, asked }: Props) {
  const { settings } = draft;
  const known = settings.mapping.some(
    (target) =>
      target.kind === 'identity' ||
      (target.kind === 'field' && (target.field === 'external_id' || target.field === 'email')),
  );
  return (
    <>
      <Section
        title="People who are there already"
        help="Somebody is recognised by the id in your shop, else by an address, else by the email."
      >
        <Radio.Group
          aria-label="People who are there already"
          value={settings.policy}
          onChange={(policy) => draft.change({ policy: policy as ImportPolicy })}
        >
          <div className={css.cards}>
            {(['update', 'skip', 'overwrite'] as const).map((policy) => (
              <Radio.Card key={policy} value={policy} className={css.choice}>
                <Radio.Indicator size="xs" />
                <span>
                  <span className="strong">{policyWords[policy]}</span>
                  <span className={`small t3 ${css.choiceHelp}`}>{policyHelp[policy]}</span>
                </span>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        {!known && (
          <div className={css.noMatch}>
            <Note tone="warn">
              No column holds an id, an email or an address, so nobody can be recognised: everybody in the
              file becomes a new contact, also when the file is imported twice.
            </Note>
          </div>
        )}
      </Section>
      <Section
        title="Find them again"
        help="For everybody in the file, so that you can choose and write to exactly them."
      >
        <div className={css.pair}>
          <ListField choices={choices} asked={asked} problem={problemAt(draft.error, '/segment_id')} />
          <TagsField
            label="Tags for everybody"
            value={settings.tags}
            error={problemAt(draft.error, '/tags')}
            onChange={(tags) => draft.change({ tags })}
          />
        </div>
      </Section>
      <Consent item={item} draft={draft} choices={choices} asked={asked} />
    </>
  );
}

function ListField(props: { choices: Choices; asked: boolean; problem: string | undefined }) {
  const { choices, asked, problem } = props;
  const { list } = choices;
  const write = useMay('segments:write');
  const { data } = useQuery({
    queryKey: keys.segments({ limit: 100 }),
    queryFn: ({ signal }) => api.get<Page<Segment>>('/segments', { limit: 100 }, signal),
  });
  const lists = (data?.data ?? []).filter(({ kind }) => kind === 'static');
  return (
    <div>
      <Select
        label="List"
        data={[
          { value: 'new', label: 'A new list', disabled: !write.may },
          ...(lists.length > 0
            ? [{ group: 'Lists', items: lists.map(({ id, name }) => ({ value: id, label: name })) }]
            : []),
          { value: 'none', label: 'No list' },
        ]}
        value={list.kind === 'existing' ? list.id : list.kind}
        searchable
        description={write.may ? undefined : write.reason}
        error={problem}
        onChange={(value) =>
          choices.setList(
            value === 'new' || value === 'none'
              ? { kind: value, name: list.name }
              : { kind: 'existing', id: value ?? '', name: list.name },
          )
        }
      />
      {list.kind === 'new' && (
        <TextInput
          mt={8}
          aria-label="Name of the new list"
          value={list.name}
          maxLength={120}
          error={asked && list.name.trim() === '' ? 'Give the list a name, or choose “No list”.' : undefined}
          onChange={(event) => choices.setList({ kind: 'new', name: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

const consentWords: Record<
  ConsentChoice['state'],
  { title: string; help: string; label: string; hint: string }
> = {
  nothing: {
    title: 'Record nothing',
    help: 'Their consent stays as it is. Whoever opted out gets no campaign.',
    label: '',
    hint: '',
  },
  opted_in: {
    title: 'They agreed to offers',
    help: 'Only if these people really did, and you can show it.',
    label: 'What they agreed to, and where',
    hint: '“Yes, send me offers by Telegram”, checkout form, March 2025 to now',
  },
  opted_out: {
    title: 'They want no offers',
    help: 'From now on no campaign reaches them on this channel.',
    label: 'How you know',
    hint: 'Unsubscribed from our letters, list of 3 May 2026',
  },
};

function Consent({ item, draft, choices, asked }: Props) {
  const { consent } = choices;
  const words = consentWords[consent.state];
  const { data: connections } = useQuery(connectionsQuery);
  const channels = [
    ...new Set<Channel>([...(connections?.data ?? []).map(({ channel }) => channel), consent.channel]),
  ];
  const missing = asked && consent.state !== 'nothing' && consent.wording.trim() === '';
  return (
    <Section title="Consent">
      <Radio.Group
        aria-label="Consent"
        value={consent.state}
        onChange={(state) => choices.setConsent({ ...consent, state: state as ConsentChoice['state'] })}
      >
        <div className={css.cards}>
          {(['nothing', 'opted_in', 'opted_out'] as const).map((state) => (
            <Radio.Card key={state} value={state} className={css.choice}>
              <Radio.Indicator size="xs" />
              <span>
                <span className="strong">{consentWords[state].title}</span>
                <span className={`small t3 ${css.choiceHelp}`}>{consentWords[state].help}</span>
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {consent.state !== 'nothing' && (
        <div className={css.wording}>
          {channels.length > 1 && (
            <Select
              label="Channel"
              data={channels.map((value) => ({ value, label: channelWord(value) }))}
              value={consent.channel}
              onChange={(channel) => choices.setConsent({ ...consent, channel: channel as Channel })}
            />
          )}
          <Textarea
            label={words.label}
            placeholder={words.hint}
            autosize
            minRows={2}
            maxLength={500}
            value={consent.wording}
            error={
              missing
                ? 'Write it down: it is kept with each person as the proof.'
                : problemAt(draft.error, '/consent')
            }
            onChange={(event) => choices.setConsent({ ...consent, wording: event.currentTarget.value })}
          />
        </div>
      )}
      {consent.state === 'opted_in' && (
        <>
          <div className={css.pair}>
            <ProofColumn
              label="Column with their own words"
              value={consent.wordsColumn}
              other={consent.timeColumn}
              item={item}
              onChange={(wordsColumn) => choices.setConsent({ ...consent, wordsColumn })}
            />
            <ProofColumn
              label="Column with when they agreed"
              value={consent.timeColumn}
              other={consent.wordsColumn}
              item={item}
              onChange={(timeColumn) => choices.setConsent({ ...consent, timeColumn })}
            />
          </div>
          <Note tone="info">
            The proof is kept with each of them, with your name and the time. Whoever opted out stays opted
            out, unless the file has when they agreed, later than that, and their own words.
          </Note>
        </>
      )}
    </Section>
  );
}

function ProofColumn(props: {
  label: string;
  value: string | null;
  /** The other proof's column. */
  other: string | null;
  item: ContactImport;
  onChange: (column: string | null) => void;
}) {
  return (
    <Select
      label={props.label}
      placeholder="None"
      data={props.item.columns.map(({ name }) => name).filter((name) => name !== props.other)}
      value={props.value}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'No column' }}
      mb={12}
      onChange={props.onChange}
    />
  );
}
