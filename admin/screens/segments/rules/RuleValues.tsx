// The controls of what a condition asks beside its verb, each typed: text, numbers with their unit, days, dates, names.

import { Autocomplete, Select, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { factsOf } from '../../../../contract/channel-facts.ts';
import { channel } from '../../../../contract/connections.ts';
import type { Group } from '../../../../contract/groups.ts';
import type { Page } from '../../../../contract/lists.ts';
import { attributeType } from '../../../../contract/rules.ts';
import { api, keys } from '../../../api.ts';
import { connectionsQuery } from '../../../session.ts';
import { TagsField } from '../../../ui/TagsField.tsx';
import { zones } from '../../../ui/times.ts';
import { labelOfConnection } from '../../connections/handle.ts';
import { NamePicker } from './NamePicker.tsx';
import { PropertyTests } from './PropertyTests.tsx';
import { Choice, Count, numberOf, put, textOf, type ValueProps } from './RuleControls.tsx';
import css from './Rules.module.css';
import { type Ask, shownCount, storedCount, withType } from './rule-fields.ts';
import type { Draft } from './rule-tree.ts';
import type { Wording } from './rule-words.ts';

export function RuleValues({ asks, ...props }: ValueProps & { asks: readonly Ask[] }) {
  return asks.map((ask) => <Control key={ask} ask={ask} {...props} />);
}

const unitOf = (draft: Draft, { currency }: Wording) =>
  draft.field === 'orders_value' ? ` ${currency}` : undefined;
const attributeTypes = attributeType.options.map((value) => ({
  value,
  label: { text: 'Text', number: 'Number', boolean: 'Yes or no', date: 'Date', list: 'List' }[value],
}));
const channels = channel.options.map((value) => ({ value, label: factsOf(value).name }));

function Control({ ask, ...props }: ValueProps & { ask: Ask }): ReactNode {
  const { draft, disabled, isWrong, onChange, wording } = props;
  const set = (key: string, value: unknown) => onChange(put(draft, key, value));
  const text = (key: string, label: string, placeholder: string) => (
    <TextInput
      className={css.wide}
      aria-label={label}
      placeholder={placeholder}
      value={textOf(draft[key])}
      error={isWrong(key)}
      disabled={disabled}
      onChange={(event) => set(key, event.currentTarget.value)}
    />
  );
  const number = (key: string, label: string, unit: string | undefined, decimals = 0) => (
    <Count
      label={label}
      unit={unit}
      decimals={decimals}
      value={numberOf(draft[key])}
      error={isWrong(key)}
      disabled={disabled}
      onChange={(value) => set(key, value)}
    />
  );
  switch (ask) {
    case 'value':
      return <Value {...props} />;
    case 'values':
      return <Values {...props} />;
    case 'from':
    case 'to':
      return (
        <>
          {ask === 'to' && <span className={css.word}>and</span>}
          {number(ask, ask === 'from' ? 'Lower number' : 'Upper number', unitOf(draft, wording), 6)}
        </>
      );
    case 'date':
      return (
        <TextInput
          type="date"
          className={css.date}
          aria-label="Day"
          value={textOf(draft.date)}
          error={isWrong('date')}
          disabled={disabled}
          onChange={(event) => set('date', event.currentTarget.value || undefined)}
        />
      );
    case 'days':
      return number('days', 'Days', draft.days === 1 ? ' day' : ' days');
    case 'maybe_days':
      return <MaybeDays {...props} />;
    case 'times':
      return number('times', 'Times', draft.times === 1 ? ' time' : ' times');
    case 'idle_hours':
      return number('idle_hours', 'Hours', draft.idle_hours === 1 ? ' hour' : ' hours');
    case 'name':
      return draft.field === 'attribute' ? (
        text('name', 'Name of the attribute', 'Name, like favourite_colour')
      ) : (
        <EventName {...props} />
      );
    case 'product_id':
      return text('product_id', 'Product', 'Id of the product in your shop');
    case 'type':
      return (
        <Select
          className={css.narrow}
          aria-label="Kind of value"
          data={attributeTypes}
          value={textOf(draft.type) || null}
          error={isWrong('type')}
          disabled={disabled}
          onChange={(type) => type && onChange(withType(draft, attributeType.parse(type)))}
        />
      );
    case 'channel':
      return (
        <Choice
          label="Channel"
          none={draft.field === 'identity' ? 'on any channel' : undefined}
          data={channels}
          value={draft.channel}
          error={isWrong('channel')}
          disabled={disabled}
          onChange={(channel) => set('channel', channel)}
        />
      );
    case 'reachable':
      return (
        <Choice
          label="Reachable"
          none="reachable or not"
          data={[
            { value: 'yes', label: 'that can be reached' },
            { value: 'no', label: 'that cannot be reached' },
          ]}
          value={draft.reachable === undefined ? undefined : draft.reachable ? 'yes' : 'no'}
          error={isWrong('reachable')}
          disabled={disabled}
          onChange={(value) => set('reachable', value === undefined ? undefined : value === 'yes')}
        />
      );
    case 'connection_id':
      return <ConnectionChoice {...props} />;
    case 'campaign_id':
    case 'segment_id': {
      const noun = ask === 'campaign_id' ? 'campaign' : 'segment';
      const id = textOf(draft[ask]) || null;
      return (
        <div className={css.wide}>
          <NamePicker
            noun={noun}
            label={noun === 'campaign' ? 'Campaign' : 'Segment'}
            placeholder={noun === 'campaign' ? 'Any campaign' : 'Choose a segment'}
            clearable={noun === 'campaign'}
            value={id}
            name={id ? wording.nameOf(id) : undefined}
            error={isWrong(ask)}
            disabled={disabled}
            onChange={(next) => set(ask, next ?? undefined)}
          />
        </div>
      );
    }
    case 'group_id':
      return <GroupChoice {...props} />;
    case 'where':
      return <PropertyTests {...props} />;
  }
}

function Value({ draft, disabled, isWrong, onChange, wording }: ValueProps) {
  const shared = { error: isWrong('value'), disabled };
  const set = (value: unknown) => onChange(put(draft, 'value', value));
  if (draft.field === 'orders_count')
    return (
      <Count
        label="Times"
        unit={shownCount(draft) === 1 ? ' time' : ' times'}
        value={shownCount(draft) ?? Number.NaN}
        onChange={(shown) => set(storedCount(draft, shown))}
        {...shared}
      />
    );
  if (draft.field === 'orders_value' || draft.type === 'number')
    return (
      <Count
        label="Number"
        unit={unitOf(draft, wording)}
        decimals={6}
        value={numberOf(draft.value)}
        onChange={set}
        {...shared}
      />
    );
  if (draft.type === 'boolean')
    return (
      <Choice
        label="Value"
        data={[
          { value: 'yes', label: 'yes' },
          { value: 'no', label: 'no' },
        ]}
        value={draft.value === undefined ? undefined : draft.value === true ? 'yes' : 'no'}
        onChange={(value) => set(value === 'yes')}
        {...shared}
      />
    );
  const text = { className: css.wide, 'aria-label': 'Value', value: textOf(draft.value), ...shared };
  if (draft.field === 'time_zone')
    return <Autocomplete {...text} data={zones()} limit={40} placeholder="Europe/London" onChange={set} />;
  return (
    <TextInput
      {...text}
      placeholder={draft.field === 'language' ? 'en' : 'Value'}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

function Values({ draft, disabled, isWrong, onChange }: ValueProps) {
  const values = Array.isArray(draft.values) ? (draft.values as string[]) : [];
  const shared = {
    className: css.wide,
    classNames: { inputField: css.pillField },
    value: values,
    error: isWrong('values'),
    disabled,
    // a value may hold a comma
    splitChars: [],
    onChange: (next: string[]) => onChange(put(draft, 'values', next)),
  };
  if (draft.field === 'tag') return <TagsField {...shared} aria-label="Tags" />;
  return (
    <TagsInput
      {...shared}
      aria-label="Values"
      placeholder={values.length === 0 ? 'Type and press Enter' : undefined}
      // Ann is another one than ann
      isDuplicate={(value, all) => all.includes(value)}
      acceptValueOnBlur
    />
  );
}

function MaybeDays({ draft, disabled, isWrong, onChange }: ValueProps) {
  const set = (value: unknown) => onChange(put(draft, 'days', value));
  return (
    <>
      <Choice
        label="When"
        none="at any time"
        data={[{ value: 'lately', label: 'in the last' }]}
        value={draft.days === undefined ? undefined : 'lately'}
        error={false}
        disabled={disabled}
        onChange={(value) => set(value === undefined ? undefined : 30)}
      />
      {draft.days !== undefined && (
        <Count
          label="Days"
          unit={draft.days === 1 ? ' day' : ' days'}
          value={numberOf(draft.days)}
          error={isWrong('days')}
          disabled={disabled}
          // emptied it stays a period, of a length that is still missing
          onChange={(value) => set(Number.isNaN(value) ? '' : value)}
        />
      )}
    </>
  );
}

function ConnectionChoice({ draft, disabled, isWrong, onChange }: ValueProps) {
  const { data } = useQuery(connectionsQuery);
  const id = textOf(draft.connection_id);
  const known = data?.data.map((one) => ({ value: one.id, label: labelOfConnection(one) })) ?? [];
  const gone = id !== '' && !known.some((one) => one.value === id);
  return (
    <Choice
      label="Connection"
      none="on any connection"
      data={gone ? [...known, { value: id, label: data ? 'one that was removed' : 'Looking it up' }] : known}
      value={id || undefined}
      error={isWrong('connection_id')}
      disabled={disabled}
      onChange={(value) => onChange(put(draft, 'connection_id', value))}
    />
  );
}

function GroupChoice({ draft, disabled, isWrong, onChange, wording }: ValueProps) {
  const filter = { limit: 200 };
  const { data } = useQuery({
    queryKey: keys.groups(filter),
    queryFn: ({ signal }) => api.get<Page<Group>>('/groups', filter, signal),
  });
  const id = textOf(draft.group_id);
  const known = data?.data.map((one) => ({ value: one.id, label: one.title })) ?? [];
  const missing = id !== '' && !known.some((one) => one.value === id);
  return (
    <Select
      className={css.wide}
      aria-label="Group"
      placeholder={data && known.length === 0 ? 'The bot is in no group yet' : 'Choose a group'}
      searchable
      data={missing ? [...known, { value: id, label: wording.nameOf(id) ?? 'Looking it up' }] : known}
      value={id || null}
      error={isWrong('group_id')}
      disabled={disabled}
      onChange={(value) => value && onChange(put(draft, 'group_id', value))}
    />
  );
}

/** The names that have come in, to choose from; one that is still to come may be typed. */
function EventName({ draft, disabled, isWrong, onChange }: ValueProps) {
  const { data } = useQuery({
    queryKey: keys.eventNames,
    queryFn: ({ signal }) => api.get<{ data: { name: string }[] }>('/events/names', undefined, signal),
  });
  return (
    <Autocomplete
      className={css.wide}
      aria-label="Name of the event"
      placeholder="Name of the event, like viewed_product"
      data={data?.data.map((one) => one.name) ?? []}
      limit={40}
      value={textOf(draft.name)}
      error={isWrong('name')}
      disabled={disabled}
      onChange={(name) => onChange(put(draft, 'name', name))}
    />
  );
}
