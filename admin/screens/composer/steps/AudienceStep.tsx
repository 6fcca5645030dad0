// Who gets it, less who is left out; beside it how many that are, why others do not get it, and what sending takes.
import { AudienceAside as Aside } from '../audience/AudienceAside.tsx';
import { AudienceKinds } from '../audience/AudienceKinds.tsx';
import { LeaveOut } from '../audience/LeaveOut.tsx';
import type { StepProps } from './step.ts';

export function AudienceStep({ campaign, control, at }: StepProps) {
  const { audience, connection_id } = control.draft;
  return (
    <>
      <AudienceKinds
        campaign={campaign}
        connectionId={connection_id}
        value={audience}
        state={control.state}
        onChange={(next) => control.change({ audience: next })}
        problem={at('/audience')}
      />
      <LeaveOut
        campaign={campaign}
        value={audience}
        onChange={(next) => control.change({ audience: next })}
        problem={at('/audience/exclude')}
      />
    </>
  );
}

export function AudienceAside({ campaign, control }: StepProps) {
  return <Aside campaign={campaign} draft={control.draft} state={control.state} />;
}
