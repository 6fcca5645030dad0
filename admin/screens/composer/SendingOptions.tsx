// What few campaigns need: silence, link preview, a lower speed.
import { NumberInput, Switch } from '@mantine/core';
import type { Settings } from '../../../contract/campaigns.ts';
import css from './Composer.module.css';

interface Props {
  settings: Settings;
  onChange: (settings: Settings) => void;
  problem: string | undefined;
}

export function SendingOptions({ settings, onChange, problem }: Props) {
  return (
    <details data-field="/settings" className={css.options}>
      <summary>Sending options</summary>
      <div className={css.optionRows}>
        <Switch
          label="Send silently"
          description="Phones show the message without a sound."
          checked={settings.silent}
          onChange={(event) => onChange({ ...settings, silent: event.currentTarget.checked })}
        />
        <Switch
          label="Show a preview of the first link"
          checked={settings.link_preview}
          onChange={(event) => onChange({ ...settings, link_preview: event.currentTarget.checked })}
        />
        <NumberInput
          label="Messages per minute, at most"
          description="Empty: as fast as the platform allows."
          w={240}
          min={1}
          max={60_000}
          allowDecimal={false}
          clampBehavior="strict"
          value={settings.messages_per_minute ?? ''}
          error={problem}
          onChange={(value) =>
            onChange({ ...settings, messages_per_minute: typeof value === 'number' ? value : null })
          }
        />
      </div>
    </details>
  );
}
