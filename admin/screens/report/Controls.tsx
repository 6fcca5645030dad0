// What can be done with a campaign in its present status. One action is primary; cancelling says what it costs.
import { Button, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconEdit,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign, CampaignMove, Report } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { people } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useDuplicate } from '../campaigns/CampaignMenu.tsx';
import { CancelDialog } from '../campaigns/CancelDialog.tsx';
import { isEditable } from '../campaigns/status.tsx';
import { lostWords, retryable } from './retryable.ts';
import { type StoppedTemplate, whyNotResumed } from './stopped-template.ts';

type Verb = 'pause' | 'resume' | 'retry_failed';
/** What resuming answers beside the campaign. */
type Resumed = Campaign & { left?: number; detail?: string };
const failedWords: Record<Verb, string> = {
  pause: 'The campaign could not be paused',
  resume: 'The campaign could not be resumed',
  retry_failed: 'The failed messages could not be tried again',
};

interface Props {
  campaign: Campaign;
  report: Report;
  /** The report is of its latest run: of an earlier one of a series nothing is paused or tried again. */
  latest: boolean;
  /** A template of it that WhatsApp does not take at present: resuming would be refused. */
  stopped: StoppedTemplate | null;
}

export function Controls({ campaign, report, latest, stopped: template }: Props) {
  const client = useQueryClient();
  const phone = usePhone();
  const zone = useZone();
  const send = useMay('campaigns:send');
  const write = useMay('campaigns:write');
  const duplicate = useDuplicate();
  const [busy, setBusy] = useState<Verb | null>(null);
  const [asking, setAsking] = useState<'cancel' | 'retry_failed' | 'resume' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const open = report.queued + report.sending;
  const may = (move: CampaignMove) => campaign.moves.includes(move);

  const run = async (verb: Verb, done: (answer: Resumed) => void) => {
    if (busy) return;
    setBusy(verb);
    setError(null);
    try {
      const answer = await api.post<Resumed>(`/campaigns/${campaign.id}/${verb}`);
      await Promise.all(
        [keys.campaign(campaign.id), keys.report(campaign.id), keys.deliveries(campaign.id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      void client.invalidateQueries({ queryKey: keys.campaigns(), refetchType: 'none' });
      setAsking(null);
      done(answer);
    } catch (problem) {
      if (asking) setError(problem);
      else tellProblem(failedWords[verb], problem);
    } finally {
      setBusy(null);
    }
  };
  const resume = () =>
    void run('resume', (answer) =>
      tell(
        report.canary && !report.canary.settled_at
          ? (answer.detail ?? 'Campaign resumed')
          : answer.left === undefined
            ? 'Campaign resumed'
            : `Campaign resumed, ${people(answer.left)} left to message`,
      ),
    );
  const pause = () => void run('pause', () => tell('Campaign paused', { label: 'Resume', run: resume }));
  const icon = { size: 16, stroke: 1.75 };
  const stopped = report.canary?.step === 'stopped';
  const waitsForGo = report.go !== null && report.go.given_at === null;
  const again = retryable(report);
  // between two dates of a series it is edited, and cancelled as a whole; what is held is sent from there too
  const editable = isEditable(campaign);
  const canCancel = may('cancel') && (editable || latest || open > 0);
  const canRetry = may('retry_failed') && latest && again > 0;
  const canPause = may('pause') && (latest || open > 0);
  const canResume = may('resume') && !editable && (latest || open > 0);
  const cancelWord = editable ? 'Cancel campaign' : 'Cancel sending';
  const duplicateButton = (variant: 'default' | 'filled') => (
    <ReasonButton
      variant={variant}
      reason={write.reason}
      leftSection={<IconCopy {...icon} />}
      onClick={() => void duplicate(campaign)}
    >
      Duplicate
    </ReasonButton>
  );

  return (
    <>
      {phone ? (
        (canCancel || canRetry) && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" px={8} aria-label="More actions">
                <IconDots {...icon} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(canPause || canResume || editable) && (
                <Menu.Item disabled={!write.may} onClick={() => void duplicate(campaign)}>
                  Duplicate
                </Menu.Item>
              )}
              {canRetry && (
                <Menu.Item disabled={!send.may} onClick={() => setAsking('retry_failed')}>
                  Retry failed
                </Menu.Item>
              )}
              {canCancel && (
                <Menu.Item data-danger disabled={!send.may} onClick={() => setAsking('cancel')}>
                  {cancelWord}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )
      ) : (
        <>
          {(canPause || canResume || editable) && duplicateButton('default')}
          {canRetry && (
            <ReasonButton
              variant="default"
              reason={send.reason}
              leftSection={<IconRefresh {...icon} />}
              onClick={() => setAsking('retry_failed')}
            >
              Retry failed
            </ReasonButton>
          )}
          {canCancel && (
            <ReasonButton
              variant="subtle"
              data-danger
              reason={send.reason}
              leftSection={<IconPlayerStop {...icon} />}
              onClick={() => setAsking('cancel')}
            >
              {cancelWord}
            </ReasonButton>
          )}
        </>
      )}
      {canPause ? (
        <ReasonButton
          reason={send.reason}
          miw={96}
          leftSection={<IconPlayerPause {...icon} />}
          onClick={pause}
        >
          {busy === 'pause' ? 'Pausing' : 'Pause'}
        </ReasonButton>
      ) : canResume ? (
        <ReasonButton
          reason={send.reason ?? (template ? whyNotResumed(template, zone) : undefined)}
          miw={108}
          leftSection={<IconPlayerPlay {...icon} />}
          onClick={stopped ? () => setAsking('resume') : resume}
        >
          {busy === 'resume'
            ? 'Resuming'
            : waitsForGo
              ? `Send to ${people(open)}`
              : stopped
                ? 'Continue anyway'
                : 'Resume'}
        </ReasonButton>
      ) : editable ? (
        <Button component={Link} to={`/campaigns/${campaign.id}/edit`} leftSection={<IconEdit {...icon} />}>
          Edit
        </Button>
      ) : (
        duplicateButton('filled')
      )}
      <CancelDialog
        campaign={campaign}
        underWay={{ sent: report.sent, open }}
        opened={asking === 'cancel'}
        onClose={() => setAsking(null)}
      />
      <ConfirmDialog
        opened={asking === 'resume'}
        title={`Continue to ${people(open)} anyway?`}
        action="Continue anyway"
        busyLabel="Resuming"
        safe="Keep it paused"
        busy={busy === 'resume'}
        error={error}
        onClose={() => setAsking(null)}
        onConfirm={resume}
      >
        {report.canary?.finding} Everybody who was not messaged yet gets it now, at full speed and without
        another look. Nobody gets it twice.
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === 'retry_failed'}
        title={`Try again for ${people(again)}?`}
        action={`Retry for ${people(again)}`}
        busyLabel="Starting"
        busy={busy === 'retry_failed'}
        error={error}
        onClose={() => setAsking(null)}
        onConfirm={() => void run('retry_failed', () => tell('Trying the failed messages again'))}
      >
        {report.failed > again && `${lostWords(report, again, zone)}. `}
        Only those whose message failed are tried again. Nobody who has it gets it twice, and unknown ones are
        left as they are.
      </ConfirmDialog>
    </>
  );
}
