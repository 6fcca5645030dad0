// What few campaigns need: purpose, exemptions, speed, a few people first.
import { SendingOptions } from '../SendingOptions.tsx';
import type { StepProps } from './step.ts';

export function SettingsStep({ control, at }: StepProps) {
  return (
    <SendingOptions
      settings={control.draft.settings}
      onChange={(settings) => control.change({ settings })}
      problemAt={at}
    />
  );
}
