// A campaign after Send: how far it is, what came of it, and the send log with every person.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { Tag } from '../../ui/Badge.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { people } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { Star } from '../campaigns/Star.tsx';
import { campaignState } from '../campaigns/state.ts';
import { hasReport, isAutomation, StatusBadge } from '../campaigns/status.tsx';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { BatchesBlock } from './BatchesBlock.tsx';
import { CanaryBlock } from './CanaryBlock.tsx';
import { CheckPerson } from './CheckPerson.tsx';
import { CircuitNote } from './CircuitNote.tsx';
import { Controls } from './Controls.tsx';
import { ConversionBlock } from './ConversionBlock.tsx';
import courseCss from './Course.module.css';
import { CourseBlock } from './CourseBlock.tsx';
import { Findings } from './Findings.tsx';
import { Funnel } from './Funnel.tsx';
import { GoBlock } from './GoBlock.tsx';
import { HoldoutBlock } from './HoldoutBlock.tsx';
import { LinksBlock } from './LinksBlock.tsx';
import { Progress } from './Progress.tsx';
import { Reasons } from './Reasons.tsx';
import { RecoveredBlock } from './RecoveredBlock.tsx';
import css from './Report.module.css';
import { RunChooser } from './RunChooser.tsx';
import { SendLog } from './SendLog.tsx';
import { SentMessage } from './SentMessage.tsx';
import { SeriesLine } from './SeriesLine.tsx';
import { StoppedTemplateLink } from './StoppedTemplateLink.tsx';
import { useReadTogether } from './use-read-together.ts';
import { useRuns } from './use-runs.ts';
import { useStoppedTemplate } from './use-stopped-template.ts';
import type { Asked } from './use-why.ts';
import { VariantsBlock } from './VariantsBlock.tsx';
import { WhyDrawer } from './WhyDrawer.tsx';

export function ReportScreen() {
  const { id } = useParams({ from: '/inside/campaigns/$id' });
  const { run } = useSearch({ from: '/inside/campaigns/$id' });
  const campaign = useQuery({
    queryKey: keys.campaign(id),
    queryFn: ({ signal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
  });
  const [asked, setAsked] = useState<Asked | null>(null);
  const sending = campaign.data?.status === 'sending';
  const report = useQuery({
    queryKey: run ? [...keys.report(id), run] : keys.report(id),
    queryFn: ({ signal }) => api.get<Report>(`/campaigns/${id}/report`, { run_id: run }, signal),
    // The live line brings news; this is the net under it.
    refetchInterval: sending ? 5000 : false,
  });
  useReadTogether(id, campaign.data !== undefined && isAutomation(campaign.data));
  const { latest } = useRuns(campaign.data);
  const stopped = useStoppedTemplate(campaign.data);
  const ended = !['active', 'paused'].includes(report.data?.run_status ?? '');
  if (campaign.error && !campaign.data)
    return campaign.error instanceof ApiProblem && campaign.error.status === 404 ? (
      <NotFound what="This campaign" />
    ) : (
      <ErrorState
        title="The campaign could not be loaded"
        error={campaign.error}
        safe="Sending goes on in the background."
        onRetry={() => void campaign.refetch()}
      />
    );
  const data = campaign.data;
  const automation = data !== undefined && isAutomation(data);
  const shownRun = run ?? (automation ? undefined : (report.data?.run_id ?? undefined));
  // an automation has a report from its first message on
  const hasNone = !automation || (report.data !== undefined && report.data.run_id === null);
  if (data && !hasReport(data) && hasNone)
    return automation ? (
      <Navigate to="/automations" replace />
    ) : (
      <Navigate to="/campaigns/$id/edit" params={{ id }} replace />
    );
  return (
    <Page
      title={data?.name ?? 'Campaign'}
      sunken
      before={
        <>
          {automation ? (
            <ActionIcon
              variant="subtle"
              aria-label="Back to automations"
              renderRoot={(props) => <Link to="/automations" search={{ open: id }} {...props} />}
            >
              <IconArrowLeft size={16} stroke={1.75} />
            </ActionIcon>
          ) : (
            <ActionIcon variant="subtle" aria-label="Back to campaigns" component={Link} to="/campaigns">
              <IconArrowLeft size={16} stroke={1.75} />
            </ActionIcon>
          )}
          {data?.channel && (
            <span className={css.wide}>
              <ChannelTile channel={data.channel} />
            </span>
          )}
        </>
      }
      aside={
        data && (
          <span className={css.wide}>
            <Star campaign={data} />
            {automation ? (
              <Tag>{data.trigger?.enabled ? 'On' : 'Off'}</Tag>
            ) : (
              <StatusBadge state={campaignState(data, report.data?.wait, report.data?.go)} />
            )}
            <span>#{data.number}</span>
          </span>
        )
      }
      actions={
        data &&
        report.data &&
        (automation ? (
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/automations" search={{ open: id }} {...props} />}
          >
            Edit automation
          </Button>
        ) : (
          <Controls campaign={data} report={report.data} latest={latest} stopped={stopped} />
        ))
      }
    >
      {data && (
        <div className={css.phoneOnly}>
          {automation ? (
            <Tag>{data.trigger?.enabled ? 'On' : 'Off'}</Tag>
          ) : (
            <StatusBadge state={campaignState(data, report.data?.wait, report.data?.go)} />
          )}
          <span className="t3">#{data.number}</span>
        </div>
      )}
      {data?.status_reason && !isSaidBelow(data.status_reason, report.data) && (
        <div style={{ marginBottom: 12 }}>
          <Note tone={data.status === 'failed' ? 'bad' : 'warn'}>
            {data.status_reason}{' '}
            {stopped ? (
              <StoppedTemplateLink stopped={stopped} />
            ) : (
              <Link to="/connections">Look at the connections</Link>
            )}
          </Note>
        </div>
      )}
      {report.error && !report.data ? (
        <ErrorState
          title="The report could not be loaded"
          error={report.error}
          safe="Sending goes on in the background. Nobody gets it twice."
          onRetry={() => void report.refetch()}
        />
      ) : !data || !report.data ? (
        <BlockSkeleton height={118} count={3} />
      ) : !data.launched_at && !automation ? (
        <div className={css.stack}>
          <Note tone="info">
            Cancelled before its time: nobody was messaged. Duplicate it to plan it again.
          </Note>
          <SentMessage campaign={data} anySent={false} />
        </div>
      ) : (
        <div className={css.stack}>
          {report.data.circuit && (
            <CircuitNote
              circuit={report.data.circuit}
              channel={data.channel}
              paused={data.status === 'paused'}
            />
          )}
          {data.unknown > 0 && (
            <Note
              tone="warn"
              actions={
                <Link to="/campaigns/$id/reconciliation" params={{ id }}>
                  Settle
                </Link>
              }
            >
              Of {people(data.unknown)} nobody knows whether they got it: the answer was lost.
            </Note>
          )}
          <div className={css.runs}>
            <SeriesLine campaign={data} />
            <RunChooser campaign={data} />
          </div>
          {!automation && <Progress campaign={data} report={report.data} />}
          <GoBlock report={report.data} ended={ended} />
          {report.data.canary && (
            <CanaryBlock canary={report.data.canary} ended={ended} channel={data.channel} />
          )}
          {report.data.variants && (
            <VariantsBlock
              campaignId={id}
              runId={report.data.run_id}
              variants={report.data.variants}
              ended={ended}
              paused={data.status === 'paused'}
              automated={automation}
            />
          )}
          {automation && <ConversionBlock campaign={data} />}
          {!automation && report.data.holdout && <HoldoutBlock holdout={report.data.holdout} />}
          {data.settings.batch && <BatchesBlock campaign={data} report={report.data} />}
          <Findings report={report.data} />
          <div className={css.three}>
            <Funnel campaign={data} report={report.data} />
            <CourseBlock campaign={data} report={report.data} runId={shownRun} />
            <Reasons report={report.data} />
          </div>
          <div className={courseCss.two}>
            <LinksBlock campaign={data} report={report.data} runId={shownRun} />
            <SentMessage campaign={data} anySent={report.data.sent > 0} />
          </div>
          {automation && <RecoveredBlock campaign={data} />}
          <Section title="Check a person">
            <p className="t2">Whether somebody gets it or not, and why, also outside the audience.</p>
            <div className={css.check}>
              <CheckPerson campaignId={id} runId={run} onAsk={setAsked} />
            </div>
          </Section>
          <SendLog campaign={data} report={report.data} />
          <WhyDrawer campaignId={id} runId={run} asked={asked} onClose={() => setAsked(null)} />
        </div>
      )}
    </Page>
  );
}

/** The blocks of the canary and of the test say it with more; said twice it would look like two troubles. */
function isSaidBelow(reason: string, report: Report | undefined): boolean {
  const finding = report?.canary?.finding;
  const waitsForGo = report?.go && report.go.given_at === null;
  return Boolean((finding && reason.startsWith(finding)) || waitsForGo);
}
