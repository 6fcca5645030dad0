// One automation's title, delay, text, picture and buttons, saved by itself, with the live preview.

import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../contract/campaigns.ts';
import { connectionsQuery, useMay } from '../../session.ts';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Note } from '../../ui/Note.tsx';
import { AttachmentsField } from '../composer/AttachmentsField.tsx';
import { ButtonsField } from '../composer/ButtonsField.tsx';
import { ConflictNote } from '../composer/ConflictNote.tsx';
import { storable } from '../composer/draft.ts';
import { LivePreview, usePreview, usePreviewPeople } from '../composer/LivePreview.tsx';
import { MessageEditor } from '../composer/MessageEditor.tsx';
import { NumberField } from '../composer/NumberField.tsx';
import { PressureFields } from '../composer/PressureFields.tsx';
import { SaveLine } from '../composer/SaveLine.tsx';
import { useDraft } from '../composer/use-draft.ts';
import { useOnlyConnection } from '../composer/use-only-connection.ts';
import { labelOfConnection } from '../connections/handle.ts';
import css from './Automations.module.css';

const delays = [
  { value: '0', label: 'At once' },
  { value: '30', label: '30 min' },
  { value: '60', label: '1 h' },
  { value: '240', label: '4 h' },
  { value: '1440', label: '1 day' },
];

export function AutomationEditor({
  campaign,
  onBack,
}: {
  campaign: Campaign;
  onBack?: (() => void) | undefined;
}) {
  const control = useDraft(campaign);
  const { draft, change, changeContent } = control;
  const write = useMay('campaigns:write');
  const { data: connections } = useQuery(connectionsQuery);
  useOnlyConnection(control, connections?.data, write.may);
  const local = storable(draft);
  const people = usePreviewPeople(draft.connection_id);
  const preview = usePreview(
    local.patch.content ?? draft.content,
    draft.connection_id,
    people.current?.id,
    campaign.kind,
  );
  const connection = connections?.data.find((item) => item.id === draft.connection_id);
  const problems = [...(control.error?.errors ?? []), ...preview.problems, ...local.problems];
  const at = (pointer: string) =>
    problems.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))?.detail;
  const minutes = draft.trigger?.delay_minutes ?? 0;
  const setMinutes = (value: number) =>
    draft.trigger &&
    change({
      trigger: { ...draft.trigger, enabled: campaign.trigger?.enabled ?? false, delay_minutes: value },
    });
  const off = !write.may;
  return (
    <>
      <section className={css.editor} aria-label={`Edit ${campaign.name}`}>
        <div className="row">
          {onBack && (
            <ActionIcon variant="subtle" size={40} aria-label="Back to automations" onClick={onBack}>
              <IconArrowLeft size={16} stroke={1.75} />
            </ActionIcon>
          )}
          <h2 className="grow ellipsis">{draft.name || 'Automation'}</h2>
          <SaveLine control={control} left={local.problems.length} />
        </div>
        {off && <Note tone="info">{write.reason}</Note>}
        <ConflictNote control={control} copies={false} />
        {control.state === 'refused' && control.error?.errors.length === 0 && (
          <Note tone="bad">{control.error.detail}</Note>
        )}
        <TextInput
          label="Title"
          description="Only your team sees it."
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          disabled={off}
          maxLength={120}
          value={draft.name}
          error={at('/name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <div>
          <div className="row wrap" style={{ alignItems: 'flex-end' }}>
            <NumberField
              label="Delay in minutes"
              w={140}
              min={0}
              max={525_600}
              disabled={off}
              value={minutes}
              error={at('/trigger/delay_minutes')}
              onChange={setMinutes}
            />
            <FilterTabs
              label="Common delays"
              value={String(minutes)}
              choices={delays}
              onChange={(value) => !off && setMinutes(Number(value))}
            />
          </div>
        </div>
        <Select
          label="Sent from"
          placeholder="Any channel that reaches the person"
          description="Left open: the one on which they wrote last, else the oldest. Each person gets it once."
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          clearable
          clearButtonProps={{ 'aria-label': 'Any channel' }}
          disabled={off}
          data={connections?.data.map((item) => ({ value: item.id, label: labelOfConnection(item) }))}
          value={draft.connection_id}
          error={at('/connection_id')}
          onChange={(connection_id) => change({ connection_id })}
        />
        <MessageEditor
          label="Content"
          kind={campaign.kind}
          text={draft.content.text}
          disabled={off}
          onChange={(text) => changeContent({ text })}
          length={preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null)}
          hasFile={draft.content.media.length > 0}
          problem={at('/content/text')}
        />
        <AttachmentsField
          value={draft.content.media}
          onChange={(media) => changeContent({ media })}
          problems={problems}
          disabled={off}
        />
        <ButtonsField
          value={draft.content.buttons}
          onChange={(buttons) => changeContent({ buttons })}
          problems={problems}
          all={false}
        />
        <PressureFields
          settings={draft.settings}
          automated
          disabled={off}
          onChange={(settings) => change({ settings })}
          problem={at('/settings/purpose') ?? at('/settings/pressure')}
        />
      </section>
      <div className={css.preview}>
        <LivePreview people={people} preview={preview} botName={connection?.name ?? 'Your shop'} />
      </div>
    </>
  );
}
