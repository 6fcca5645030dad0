// Who gets it.
import { AudienceField } from '../AudienceField.tsx';
import type { StepProps } from './step.ts';

export function AudienceStep({ campaign, control, at }: StepProps) {
  return (
    <AudienceField
      campaign={campaign}
      connectionId={control.draft.connection_id}
      value={control.draft.audience}
      onChange={(audience) => control.change({ audience })}
      problem={at('/audience')}
    />
  );
}
