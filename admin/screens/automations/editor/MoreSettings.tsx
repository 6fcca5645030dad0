// What few automations need: what it counts as, caps, people left out to compare, how it is shown and counted.
import { Switch } from '@mantine/core';
import type { Settings } from '../../../../contract/campaigns.ts';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import { NumberField } from '../../composer/NumberField.tsx';
import { PressureFields } from '../../composer/PressureFields.tsx';
import { HoldoutOption } from '../../composer/settings/HoldoutOption.tsx';
import { ResendUnknown } from '../../composer/settings/ResendUnknown.tsx';
import css from '../Automations.module.css';

interface Props {
  settings: Settings;
  channels: Channel[];
  disabled: boolean;
  at: (pointer: string) => string | undefined;
  onChange: (settings: Settings) => void;
}

export function MoreSettings({ settings, channels, disabled, at, onChange }: Props) {
  const put = (part: Partial<Settings>) => onChange({ ...settings, ...part });
  const all = channels.map((channel) => factsOf(channel));
  return (
    <details className={css.more}>
      <summary>More settings</summary>
      <fieldset disabled={disabled} className={css.moreBody}>
        <PressureFields
          settings={settings}
          automated
          withoutQuietHours
          disabled={disabled}
          onChange={onChange}
          problem={at('/settings/purpose') ?? at('/settings/pressure')}
        />
        <HoldoutOption
          percent={settings.holdout_percent ?? null}
          onChange={(holdout_percent) => put({ holdout_percent })}
          problem={at('/settings/holdout_percent')}
        />
        <Switch
          label="Count clicks"
          description="Links and buttons lead through this installation, which counts who opened them and passes them on."
          checked={settings.track_links ?? true}
          onChange={(event) => put({ track_links: event.currentTarget.checked })}
        />
        <Switch
          label="Show a preview of the first link"
          checked={settings.link_preview}
          onChange={(event) => put({ link_preview: event.currentTarget.checked })}
        />
        {all.some(({ sendsSilently }) => sendsSilently) && (
          <Switch
            label="Send silently"
            description="Phones show the message without a sound. On Telegram."
            checked={settings.silent}
            onChange={(event) => put({ silent: event.currentTarget.checked })}
          />
        )}
        {all.some(({ tellsReceipts }) => tellsReceipts) && (
          <>
            <Switch
              label="Track delivery"
              description="On WhatsApp the report shows how many phones the message reached."
              checked={settings.track_delivery ?? true}
              onChange={(event) => put({ track_delivery: event.currentTarget.checked })}
            />
            <Switch
              label="Track reading"
              description="On WhatsApp the report shows how many opened it, at least: who switched read receipts off is not among them."
              checked={settings.track_read ?? true}
              onChange={(event) => put({ track_read: event.currentTarget.checked })}
            />
            <ResendUnknown
              after={settings.unknown?.resend_after_seconds}
              problem={at('/settings/unknown/resend_after_seconds')}
              onChange={(resend_after_seconds) => put({ unknown: { resend_after_seconds } })}
            />
          </>
        )}
        <div data-field="/settings/messages_per_minute">
          <NumberField
            label="Messages per minute, at most"
            description="Empty: as fast as the platform allows."
            w={240}
            min={1}
            max={60_000}
            value={settings.messages_per_minute}
            error={at('/settings/messages_per_minute')}
            onChange={(messages_per_minute) => put({ messages_per_minute })}
            onClear={() => put({ messages_per_minute: null })}
          />
        </div>
      </fieldset>
    </details>
  );
}
