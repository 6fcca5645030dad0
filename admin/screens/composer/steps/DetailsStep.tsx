// What the campaign is called, which bot sends it, and what kind of message it is.
import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { SenderFields } from '../SenderFields.tsx';
import type { StepProps } from './step.ts';

export function DetailsStep({ campaign, control, connections, at }: StepProps) {
  const { draft, change } = control;
  const nameField = useRef<HTMLInputElement>(null);
  // A fresh draft begins with its name.
  useEffect(() => {
    if (campaign.version === 1 && campaign.content.text === '') nameField.current?.select();
  }, [campaign.version, campaign.content.text]);
  return (
    <>
      <TextInput
        ref={nameField}
        label="Campaign name"
        description="Only your team sees it."
        data-field="/name"
        value={draft.name}
        maxLength={120}
        error={at('/name')}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <SenderFields draft={draft} change={change} connections={connections} problem={at('/connection_id')} />
    </>
  );
}
