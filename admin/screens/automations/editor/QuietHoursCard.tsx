// Whether the workspace's quiet hours hold this automation, and when those are.
import { Switch } from '@mantine/core';
import { IconMoon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Settings } from '../../../../contract/campaigns.ts';
import { useMe } from '../../../session.ts';
import { counted } from '../../../ui/numbers.ts';
import css from '../Automations.module.css';

export function QuietHoursCard(props: {
  settings: Settings;
  disabled: boolean;
  onChange: (settings: Settings) => void;
}) {
  const { settings, disabled, onChange } = props;
  const quiet = useMe().workspace.quiet_hours;
  const { pressure } = settings;
  return (
    <div className={css.quiet} data-field="/settings/pressure/ignore_quiet_hours">
      <IconMoon size={20} stroke={1.75} aria-hidden className="t3" />
      <div className="grow">
        <div className="strong">Hold during quiet hours</div>
        <p className="small t3" id="hold-quiet-when">
          {quiet ? (
            <>
              {quiet.from} to {quiet.to} where the person lives, then send. Not at all where that is more than{' '}
              {counted(quiet.expire_after_hours, 'hour', 'hours')}.{' '}
            </>
          ) : (
            'This workspace keeps no quiet hours: it goes out at any hour. '
          )}
          <Link to="/settings" search={{ part: 'pressure' }}>
            {quiet ? 'Change the hours' : 'Set quiet hours'}
          </Link>
        </p>
      </div>
      <Switch
        size="sm"
        withThumbIndicator={false}
        aria-label="Hold during quiet hours"
        aria-describedby="hold-quiet-when"
        disabled={disabled}
        checked={!pressure.ignore_quiet_hours}
        onChange={(event) =>
          onChange({
            ...settings,
            pressure: { ...pressure, ignore_quiet_hours: !event.currentTarget.checked },
          })
        }
      />
    </div>
  );
}
