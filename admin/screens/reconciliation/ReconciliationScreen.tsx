// Where everybody of a run is: an equation that adds up, its groups with their people, and those nobody can know.
import { ActionIcon, Select } from '@mantine/core';
import {
  IconArrowLeft,
  IconCircleCheck,
  IconHelpCircle,
  IconSend,
  IconShieldCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Reconciliation } from '../../../contract/reconciliation.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { ProgressParts } from '../../ui/ProgressParts.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { NotFound } from '../frame/Strays.tsx';
import { waitWords } from '../report/wait-words.ts';
import { colors } from './colors.ts';
import { GroupPeople } from './GroupPeople.tsx';
import { Groups, groupKey } from './Groups.tsx';
import css from './Reconciliation.module.css';
import { settlesBy } from './settles.ts';
import { Unknowns } from './Unknowns.tsx';

export function ReconciliationScreen() {
  const { id } = useParams({ from: '/inside/campaigns/$id/reconciliation' });
  const search = useSearch({ from: '/inside/campaigns/$id/reconciliation' });
  const navigate = useNavigate({ from: '/campaigns/$id/reconciliation' });
  const zone = useZone();
  const campaign = useQuery({
    queryKey: keys.campaign(id),
    queryFn: ({ signal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
  });
  const query = useQuery({
    queryKey: keys.reconciliation(id, search.run ?? 'latest'),
    queryFn: ({ signal }) =>
      api.get<Reconciliation>(`/campaigns/${id}/reconciliation`, { run_id: search.run }, signal),
    // The live line brings news; this is the net under it.
    refetchInterval: ({ state }) =>
      state.data?.run?.status === 'active' ||
      state.data?.unknown ||
      state.data?.settlement?.status === 'active'
        ? 5000
        : false,
  });
  const it = query.data;
  const by = it ? settlesBy(it, campaign.data?.channel, new Date()) : null;
  const missing = [campaign.error, query.error].some(
    (error) => error instanceof ApiProblem && error.status === 404,
  );
  if (missing) return <NotFound what="This campaign or run" />;
  const put = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  const shown =
    it?.groups.find((group) => groupKey(group) === search.group) ??
    it?.groups.find((group) => group.state === 'unknown') ??
    it?.groups.find((group) => group.state !== 'sent' && group.log) ??
    it?.groups.find((group) => group.log);
  return (
    <Page
      title="Reconciliation"
      sunken
      before={
        <ActionIcon
          variant="subtle"
          aria-label="Back to the report"
          renderRoot={(props) => <Link to="/campaigns/$id" params={{ id }} {...props} />}
        >
          <IconArrowLeft size={16} stroke={1.75} />
        </ActionIcon>
      }
      aside={<span className={`ellipsis ${css.campaign}`}>{campaign.data?.name}</span>}
      actions={
        it && it.runs.length > 1 ? (
          <Select
            aria-label="Run"
            w={260}
            allowDeselect={false}
            value={it.run?.id ?? null}
            onChange={(run) => put({ run: run ?? undefined, group: undefined })}
            data={it.runs.map((run) => ({
              value: run.id,
              label: `${moment(run.started_at, zone)}${run.unknown > 0 ? `, ${figure(run.unknown)} unknown` : ''}`,
            }))}
          />
        ) : undefined
      }
    >
      {query.error && !it ? (
        <ErrorState
          title="The reconciliation could not be loaded"
          error={query.error}
          safe="Nothing was changed."
          onRetry={() => void query.refetch()}
        />
      ) : !it ? (
        <BlockSkeleton height={132} count={3} />
      ) : !it.run ? (
        <EmptyState
          icon={<IconSend size={32} stroke={1.5} />}
          title="Nothing was sent yet"
          actions={
            <Link to="/campaigns/$id" params={{ id }}>
              Open the campaign
            </Link>
          }
        >
          Once this campaign is sent, everybody of its audience is accounted for here.
        </EmptyState>
      ) : (
        <div className={css.stack}>
          <Equation it={it} isSettling={by !== null} />
          <Unknowns campaignId={id} it={it} by={by} />
          <Groups it={it} shown={shown} onShow={(group) => put({ group: groupKey(group) })} />
          {shown?.log && (
            <GroupPeople key={groupKey(shown)} campaignId={id} runId={it.run.id} group={shown} />
          )}
        </div>
      )}
    </Page>
  );
}

/** The one line that this page is about, drawn and written out. */
function Equation({ it, isSettling }: { it: Reconciliation; isSettling: boolean }) {
  const zone = useZone();
  const isSettled = it.unknown === 0 && it.left === 0;
  const Icon = it.unknown > 0 ? IconHelpCircle : isSettled ? IconCircleCheck : IconSend;
  return (
    <section className={`card ${css.equation}`} aria-label="Sum">
      <h2 className={css.headline} data-tone={it.unknown > 0 ? 'warn' : isSettled ? 'ok' : undefined}>
        <Icon size={20} stroke={1.75} aria-hidden />
        {it.unknown > 0
          ? isSettling
            ? `Of ${people(it.unknown)} it is not known yet whether they got it`
            : `Of ${people(it.unknown)} nobody knows whether they got it`
          : isSettled
            ? 'Every message is accounted for.'
            : `${people(it.left)} left to message, everybody else is accounted for`}
      </h2>
      <ProgressParts
        noun="planned"
        total={it.planned}
        parts={[
          { label: 'Sent', value: it.sent, color: colors.sent, always: true },
          { label: 'Failed', value: it.failed, color: colors.failed, always: true },
          { label: 'Skipped', value: it.skipped, color: colors.skipped, always: true },
          { label: 'Unknown', value: it.unknown, color: colors.unknown, always: true },
          { label: 'Left', value: it.left, color: colors.left, always: true },
          { label: 'Cancelled', value: it.cancelled, color: colors.cancelled },
        ]}
      />
      <p className={css.resume}>
        <IconShieldCheck size={14} stroke={1.75} aria-hidden />
        <span>
          {it.resume.words}
          {it.resume.wait?.until && ` ${waitWords(it.resume.wait, zone)}`}
        </span>
      </p>
    </section>
  );
}
