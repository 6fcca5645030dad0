// On and off; back again, with the server's words, where it refuses or does not answer. Off throws away whoever waits, so it asks
// where somebody does.
import { Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { NextCheck } from '../../../contract/automations.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { isRefusal } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { AutomationKind } from './automation-words.ts';
import { droppedWords } from './figures-words.ts';
import { switchAutomation } from './use-automations.ts';
import { nextCheckQuery } from './use-figures.ts';

export function useAutomationSwitch(campaign: Campaign) {
  const client = useQueryClient();
  /** Of the campaign as it was then: once it is changed, something else may be said of it. */
  const [refusal, setRefusal] = useState<{ error: unknown; version: number } | null>(null);
  const [asking, setAsking] = useState(false);
  /** Whom it would throw away; stays while the dialog closes. */
  const [dropped, setDropped] = useState('');
  const looking = useRef(false);
  const off = useAction();
  const flip = async (on: boolean) => {
    if (looking.current) return;
    looking.current = true;
    setRefusal(null);
    try {
      const waiting = on ? null : await whoWaits(campaign);
      if (waiting === null) await switchAutomation(client, campaign, on);
      else {
        setDropped(waiting);
        setAsking(true);
      }
    } catch (problem) {
      if (isRefusal(problem)) setRefusal({ error: problem, version: campaign.version });
      else tellProblem(`“${campaign.name}” could not be switched ${on ? 'on' : 'off'}`, problem);
    } finally {
      looking.current = false;
    }
  };
  const whoWaits = (of: Campaign): Promise<string | null> =>
    client.fetchQuery({ ...nextCheckQuery(of.id), staleTime: 0, retry: false }).then(
      (check: NextCheck) => droppedWords(of.kind as AutomationKind, check),
      () => 'Whether somebody waits for it could not be looked up. Whoever does is dropped.',
    );
  const close = () => {
    setAsking(false);
    off.clear();
  };
  const switchOff = () =>
    off.run(async () => {
      await switchAutomation(client, campaign, false);
      close();
      tell(`“${campaign.name}” is off`);
    });
  const question = (
    <ConfirmDialog
      opened={asking}
      title={`Switch “${campaign.name}” off?`}
      action="Switch off"
      busyLabel="Switching off"
      safe="Keep it on"
      danger
      busy={off.busy}
      error={off.error}
      onClose={close}
      onConfirm={() => void switchOff()}
    >
      {dropped}
    </ConfirmDialog>
  );
  return { error: refusal?.version === campaign.version ? refusal.error : null, flip, question };
}

export function AutomationSwitch(props: { campaign: Campaign; onFlip: (on: boolean) => void }) {
  const { campaign, onFlip } = props;
  const send = useMay('campaigns:send');
  const on = campaign.trigger?.enabled ?? false;
  return (
    <Switch
      size="sm"
      withThumbIndicator={false}
      aria-label={`${campaign.name} on`}
      title={send.reason}
      checked={on}
      disabled={!send.may}
      onChange={() => onFlip(!on)}
    />
  );
}
