// What a campaign is for, and whether frequency caps and quiet hours bind it: promotions always, what people wait for as chosen.
import { Radio, Switch } from '@mantine/core';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Purpose } from '../../../contract/pressure.ts';
import { FieldProblem } from '../../ui/FieldProblem.tsx';

interface Props {
  settings: Settings;
  /** Cart and order messages may be exempt whatever they are for. */
  automated: boolean;
  /** They are asked for elsewhere on the screen. */
  withoutQuietHours?: boolean;
  disabled?: boolean;
  onChange: (settings: Settings) => void;
  problem: string | undefined;
}

export function PressureFields(props: Props) {
  const { settings, automated, disabled, onChange, problem } = props;
  const { purpose, pressure } = settings;
  const mayBeExempt = automated || purpose === 'service';
  const setPurpose = (value: Purpose) =>
    onChange({
      ...settings,
      purpose: value,
      pressure:
        automated || value === 'service' ? pressure : { ignore_caps: false, ignore_quiet_hours: false },
    });
  return (
    <div data-field="/settings/pressure" style={{ display: 'grid', gap: 12 }}>
      <Radio.Group
        label="Purpose"
        description="Frequency caps count each purpose by itself."
        value={purpose}
        onChange={(value) => setPurpose(value as Purpose)}
      >
        <div className="row wrap" style={{ gap: 16, marginTop: 8 }}>
          <Radio size="xs" value="marketing" label="Marketing" disabled={disabled} />
          <Radio size="xs" value="service" label="Service: people wait for it" disabled={disabled} />
        </div>
      </Radio.Group>
      {mayBeExempt ? (
        <>
          <Switch
            label="Ignore frequency caps"
            description="Also to people who had as many messages as a cap allows."
            checked={pressure.ignore_caps}
            disabled={disabled}
            onChange={(event) =>
              onChange({ ...settings, pressure: { ...pressure, ignore_caps: event.currentTarget.checked } })
            }
          />
          {!props.withoutQuietHours && (
            <Switch
              label="Ignore quiet hours"
              description="Also at night, where people are."
              checked={pressure.ignore_quiet_hours}
              disabled={disabled}
              onChange={(event) =>
                onChange({
                  ...settings,
                  pressure: { ...pressure, ignore_quiet_hours: event.currentTarget.checked },
                })
              }
            />
          )}
        </>
      ) : (
        <p className="small t3">Frequency caps and quiet hours of the workspace apply.</p>
      )}
      <FieldProblem>{problem}</FieldProblem>
    </div>
  );
}
