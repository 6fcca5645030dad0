// Everything of an automation that is written: its title, its delay, what it says, when not, and through what it goes.
import { Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Note } from '../../../ui/Note.tsx';
import { labelOfConnection } from '../../connections/handle.ts';
import { CoolDownField } from './CoolDownField.tsx';
import { DelayField } from './DelayField.tsx';
import { MessageFields } from './MessageFields.tsx';
import { MoreSettings } from './MoreSettings.tsx';
import { QuietHoursCard } from './QuietHoursCard.tsx';
import { UnlessFields } from './UnlessFields.tsx';
import type { AutomationEditing } from './use-automation-editor.ts';
import { WaitingFields } from './WaitingFields.tsx';
import { Wordings } from './Wordings.tsx';

export function EditorFields({ editing }: { editing: AutomationEditing }) {
  const { kind, readOnly, channels, connections, at } = editing;
  const { draft, change } = editing.control;
  const { trigger, settings } = draft;
  return (
    <>
      <TextInput
        label="Title"
        data-field="/name"
        description="Only your team sees this"
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        disabled={readOnly}
        maxLength={120}
        value={draft.name}
        error={at('/name')}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      {trigger && (
        <DelayField
          kind={kind}
          minutes={trigger.delay_minutes}
          disabled={readOnly}
          problem={at('/trigger/delay_minutes')}
          onChange={(delay_minutes) => change({ trigger: { ...trigger, delay_minutes } })}
        />
      )}
      {trigger && kind === 'back_in_stock' && (
        <WaitingFields
          trigger={trigger}
          disabled={readOnly}
          at={at}
          onChange={(next) => change({ trigger: next })}
        />
      )}
      {trigger && kind === 'abandoned_cart' && (
        <CoolDownField
          hours={trigger.cool_down_hours}
          problem={at('/trigger/cool_down_hours')}
          disabled={readOnly}
          onChange={(cool_down_hours) => change({ trigger: { ...trigger, cool_down_hours } })}
        >
          Nobody is reminded again for so long, whatever carts they leave; of several the latest counts. 0: of
          each cart
        </CoolDownField>
      )}
      <MessageFields editing={editing} />
      <Wordings editing={editing} />
      {trigger && (
        <UnlessFields
          kind={kind}
          trigger={trigger}
          disabled={readOnly}
          onChange={(next) => change({ trigger: next })}
        />
      )}
      <QuietHoursCard settings={settings} disabled={readOnly} onChange={(settings) => change({ settings })} />
      <Select
        label="Sent from"
        data-field="/connection_id"
        placeholder="Any channel that reaches the person"
        description="Left open: the one on which they wrote last, else the oldest. Each person gets it once."
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        clearable
        clearButtonProps={{ 'aria-label': 'Any channel' }}
        disabled={readOnly}
        data={connections?.map((item) => ({ value: item.id, label: labelOfConnection(item) }))}
        value={draft.connection_id}
        error={at('/connection_id')}
        onChange={(connection_id) => change({ connection_id })}
      />
      {connections?.length === 0 && (
        <Note tone="info">
          Nothing can be sent without a bot or a number. <Link to="/connections">Connect one</Link>
        </Note>
      )}
      <MoreSettings
        settings={settings}
        channels={channels}
        disabled={readOnly}
        at={at}
        onChange={(settings) => change({ settings })}
      />
    </>
  );
}
