// What few campaigns need: purpose and exemptions, silence, link preview, a lower speed, batches with pauses, the rate that is
// paid for, a few people first.
import { Switch } from '@mantine/core';
import type { Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { CanaryOptions } from './CanaryOptions.tsx';
import css from './Composer.module.css';
import { NumberField } from './NumberField.tsx';
import { PressureFields } from './PressureFields.tsx';
import { ResendUnknown } from './settings/ResendUnknown.tsx';

interface Props {
  /** What the campaign goes out through; null: none is chosen yet. */
  channel: Channel | null;
  /** It is an approved template: its links stay as they were approved. */
  hasTemplate?: boolean;
  settings: Settings;
  onChange: (settings: Settings) => void;
  problemAt: (pointer: string) => string | undefined;
}

export function SendingOptions({ channel, hasTemplate = false, settings, onChange, problemAt }: Props) {
  const facts = factsOf(channel);
  return (
    <div data-field="/settings" className={css.optionRows}>
      <PressureFields
        settings={settings}
        automated={false}
        onChange={onChange}
        problem={problemAt('/settings/purpose') ?? problemAt('/settings/pressure')}
      />
      {facts?.tellsReceipts && <Tracking settings={settings} onChange={onChange} />}
      {facts?.sendsSilently !== false && (
        <Switch
          label="Send silently"
          description="Phones show the message without a sound."
          checked={settings.silent}
          onChange={(event) => onChange({ ...settings, silent: event.currentTarget.checked })}
        />
      )}
      {!hasTemplate && (
        <Switch
          label="Show a preview of the first link"
          checked={settings.link_preview}
          onChange={(event) => onChange({ ...settings, link_preview: event.currentTarget.checked })}
        />
      )}
      <Switch
        label="Count clicks"
        description={
          hasTemplate
            ? 'A template’s links and buttons are not counted: WhatsApp approved their addresses as they are.'
            : 'Links and buttons lead through this installation, which counts who opened them and passes them on.'
        }
        // a copy that an older version kept in this browser does not know it
        checked={settings.track_links ?? true}
        onChange={(event) => onChange({ ...settings, track_links: event.currentTarget.checked })}
      />
      {facts?.tellsReceipts && (
        <ResendUnknown
          after={settings.unknown?.resend_after_seconds}
          problem={problemAt('/settings/unknown/resend_after_seconds')}
          onChange={(resend_after_seconds) => onChange({ ...settings, unknown: { resend_after_seconds } })}
        />
      )}
      <div data-field="/settings/messages_per_minute">
        <NumberField
          label="Messages per minute, at most"
          description="Empty: as fast as the platform allows."
          w={240}
          min={1}
          max={60_000}
          value={settings.messages_per_minute}
          error={problemAt('/settings/messages_per_minute')}
          onChange={(messages_per_minute) => onChange({ ...settings, messages_per_minute })}
          onClear={() => onChange({ ...settings, messages_per_minute: null })}
        />
      </div>
      <Batches
        isLists={facts?.hasBroadcastLists ?? false}
        settings={settings}
        onChange={onChange}
        problemAt={problemAt}
      />
      {facts?.sellsHigherRate !== false && (
        <Switch
          label="Paid broadcast"
          description="Up to 1,000 messages per second. Telegram takes 0.1 Star from the bot’s balance for each message above 30 per second; it must be switched on in @BotFather and needs 10,000 Stars. Without them expect the usual rate."
          checked={settings.paid_broadcast}
          error={problemAt('/settings/paid_broadcast')}
          onChange={(event) => onChange({ ...settings, paid_broadcast: event.currentTarget.checked })}
        />
      )}
      <CanaryOptions
        channel={channel}
        // a copy that an older version kept in this browser knows no canary
        canary={settings.canary ?? null}
        onChange={(canary) => onChange({ ...settings, canary })}
        problemAt={problemAt}
      />
    </div>
  );
}

const usualBatch = { size: 256, delay_seconds: 2 };

/** What the platform tells of each message after it was sent. */
function Tracking({ settings, onChange }: Pick<Props, 'settings' | 'onChange'>) {
  return (
    <>
      <Switch
        label="Track delivery"
        description="The report shows how many phones the message reached."
        checked={settings.track_delivery ?? true}
        onChange={(event) => onChange({ ...settings, track_delivery: event.currentTarget.checked })}
      />
      <Switch
        label="Track reading"
        description="The report shows how many opened it. People who switched their read receipts off are not among them, so it is the least."
        checked={settings.track_read ?? true}
        onChange={(event) => onChange({ ...settings, track_read: event.currentTarget.checked })}
      />
    </>
  );
}

function Batches({ isLists, settings, onChange, problemAt }: Omit<Props, 'channel'> & { isLists: boolean }) {
  const { batch } = settings;
  const set = (change: Partial<typeof usualBatch>) =>
    onChange({ ...settings, batch: { ...(batch ?? usualBatch), ...change } });
  return (
    <>
      <Switch
        label={isLists ? 'Split into broadcast lists' : 'Send in batches'}
        description={
          isLists
            ? 'Lists of at most 256 people, one after the other with a pause between, each with its own progress in the report. Everybody still gets a message of their own.'
            : 'With a pause after each, for instance so that your team can follow the answers.'
        }
        checked={batch !== null}
        onChange={(event) =>
          onChange({ ...settings, batch: event.currentTarget.checked ? usualBatch : null })
        }
      />
      {batch && (
        <div className={css.batch} data-field="/settings/batch">
          <NumberField
            label={isLists ? 'People per list' : 'Messages per batch'}
            w={150}
            min={1}
            max={256}
            value={batch.size}
            error={problemAt('/settings/batch/size')}
            onChange={(size) => set({ size })}
          />
          <NumberField
            label="Pause in seconds"
            w={150}
            min={0}
            max={86_400}
            value={batch.delay_seconds}
            error={problemAt('/settings/batch/delay_seconds')}
            onChange={(delay_seconds) => set({ delay_seconds })}
          />
        </div>
      )}
    </>
  );
}
