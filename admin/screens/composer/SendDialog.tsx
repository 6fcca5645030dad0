// The last look before a campaign goes out: how many people, who is left out and why, when it is done. One opening of
// the dialog is one Idempotency-Key, so a double click or a repeated request is one run.
import { Button, Modal, Skeleton } from '@mantine/core';
import { IconClock, IconSend } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Campaign, Settings } from '../../../contract/campaigns.ts';
import type { Canary } from '../../../contract/canary.ts';
import type { Connection } from '../../../contract/connections.ts';
import type { Limits } from '../../../contract/limits.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { inWords, zoneCity } from '../../../contract/zones.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMe, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { duration, figure, people } from '../../ui/numbers.ts';
import { messagesPer } from '../../ui/rates.ts';
import { momentShort } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { channelWord } from '../frame/ChannelTile.tsx';
import css from './Composer.module.css';
import { firstInstant, repeatWords } from './schedule/words.ts';
import { canaryPeople, type Outlook, sendOutlook } from './send-outlook.ts';

interface Props {
  campaignId: string;
  name: string;
  connection: Connection | undefined;
  settings: Settings;
  schedule: Schedule;
  /** It is scheduled or held already. */
  begun: boolean;
  opened: boolean;
  onClose: () => void;
}

const leftOut = [
  ['opted_out', 'Opted out'],
  ['no_identity', 'Have not started a chat on this connection'],
  ['unreachable', 'Blocked the bot or deleted their account'],
  ['holdout', 'In the holdout group, to compare'],
  ['over_cap', 'Had as many messages as the frequency cap allows'],
  ['quiet_too_long', 'In quiet hours for longer than a message may wait'],
  ['local_time_passed', 'That hour is over in their own zone'],
] as const;

export function SendDialog(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      withCloseButton={false}
      size={560}
      title="Confirm sending"
      classNames={{ header: 'sr-only' }}
      styles={{ body: { padding: 20 } }}
    >
      {props.opened && <Confirm {...props} />}
    </Modal>
  );
}

/** Why nobody would get it, and what to do. */
function nobody({ over_cap, quiet_too_long }: AudienceCount): string {
  if (over_cap > 0)
    return 'Everybody who can be reached has had as many messages as the frequency cap allows. Send it later.';
  if (quiet_too_long > 0)
    return 'Everybody who can be reached is in quiet hours for longer than a message may wait. Send it later.';
  return 'The audience holds nobody who can be reached on this connection. Choose other people or another connection.';
}

/** " on Tue, 1 Dec 2026, 09:00 (Tokyo)", " first on …; repeats: every Friday". */
function whenWords(schedule: Schedule, at: Date): string {
  if (schedule.mode === 'now') return '';
  const moment = `${inWords(at, schedule.time_zone)} (${zoneCity(schedule.time_zone)})`;
  const also = repeatWords(schedule);
  if (schedule.mode === 'recipient_local') return ` at ${schedule.local.replace('T', ', ')} ${also}`;
  return also ? ` first on ${moment}; ${also}` : ` on ${moment}`;
}

function Confirm({ campaignId, name, connection, settings, schedule, begun, onClose }: Props) {
  const client = useQueryClient();
  const at = firstInstant(schedule, client.getQueryData<Campaign>(keys.campaign(campaignId)));
  const navigate = useNavigate();
  const zone = useZone();
  const isHeld = useMe().workspace.held_at !== null;
  const [key] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const audience = useQuery({
    queryKey: keys.audience(campaignId),
    queryFn: ({ signal }) => api.get<AudienceCount>(`/campaigns/${campaignId}/audience`, undefined, signal),
    staleTime: 0,
  });
  const limits = useQuery({
    queryKey: keys.limits(connection?.id ?? ''),
    queryFn: ({ signal }) => api.get<Limits>(`/connections/${connection?.id}/limits`, undefined, signal),
    enabled: connection !== undefined,
    staleTime: 0,
  });
  // what is shown is complete: without its speed nobody should press Send yet
  const count = limits.isPending && connection ? undefined : audience.data;
  const out = count ? count.total - count.reachable : 0;
  const held = count ? canaryHold(settings.canary, count.reachable) : null;
  const outlook =
    count && connection && limits.data
      ? sendOutlook({
          nowMs: Date.now(),
          at,
          count,
          settings,
          connection,
          limits: limits.data,
          isHeld,
          zone,
        })
      : null;
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const again = begun && schedule.mode !== 'now';
      await api.post(
        `/campaigns/${campaignId}/${again ? 'reschedule' : begun ? 'send_now' : 'launch'}`,
        again ? { schedule } : undefined,
        { idempotencyKey: key },
      );
      await client.invalidateQueries({ queryKey: keys.campaign(campaignId) });
      void client.invalidateQueries({ queryKey: keys.report(campaignId) });
      void client.invalidateQueries({ queryKey: keys.campaigns() });
      onClose();
      if (at && schedule.mode !== 'now') {
        tell(`Scheduled for ${inWords(at, schedule.time_zone)} in ${zoneCity(schedule.time_zone)}`);
        await navigate({ to: '/campaigns' });
      } else await navigate({ to: '/campaigns/$id', params: { id: campaignId } });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };

  return (
    <>
      <h2 className={css.dialogTitle}>
        {count
          ? count.reachable > 0
            ? at
              ? `Schedule for ${people(count.reachable)}?`
              : `Send to ${people(count.reachable)} now?`
            : 'Nobody would receive this campaign'
          : 'Counting the audience'}
      </h2>
      <p className="t2" style={{ marginTop: 4 }}>
        {count && count.reachable === 0
          ? nobody(count)
          : `${name} goes out on ${channelWord(connection?.channel ?? 'telegram')} from ${connection?.name ?? 'the chosen connection'}${at ? whenWords(schedule, at) : ''}.`}
        {count && out > 0 && count.reachable > 0 && ` ${people(out)} of ${figure(count.total)} are left out.`}
      </p>
      {audience.error ? (
        <div style={{ marginTop: 12 }}>
          <Note
            tone="bad"
            actions={
              <button type="button" className="plain-button" onClick={() => void audience.refetch()}>
                Try again
              </button>
            }
          >
            The audience could not be counted. {problemText(audience.error)}
          </Note>
        </div>
      ) : (
        <dl className={css.facts} aria-label="Audience">
          {count ? (
            <>
              <Fact label="Will receive it" value={people(count.reachable)} strong />
              {count.in_quiet_hours > 0 && count.quiet_until && (
                <Fact
                  label="Of these, wait for the end of their quiet hours"
                  value={`${people(count.in_quiet_hours)}, until ${momentShort(count.quiet_until, zone)} ${zoneCity(zone)}`}
                />
              )}
              {leftOut
                .filter(([field]) => count[field] > 0)
                .map(([field, words]) => (
                  <Fact
                    key={field}
                    label={`Left out: ${words.toLocaleLowerCase()}`}
                    value={people(count[field])}
                  />
                ))}
              {count.excluded > 0 && (
                <Fact label="Taken out of the audience" value={people(count.excluded)} />
              )}
              {held && <Fact label="First, as a canary" value={held} />}
              {count.reachable > 0 && (
                <Fact
                  label={outlook ? `Finishes, at up to ${messagesPer(outlook.perSecond)}` : 'Finishes'}
                  value={finishWords(outlook, at, zone)}
                />
              )}
              {outlook?.warmUp && count.reachable > 0 && (
                <Fact label={`Warm-up plan of ${connection?.name}`} value={outlook.warmUp} />
              )}
            </>
          ) : (
            Array.from({ length: 4 }, (_, index) => (
              <div key={String(index)} className={css.fact}>
                <Skeleton height={10} width={180} my={5} />
                <Skeleton height={10} width={80} my={5} />
              </div>
            ))
          )}
        </dl>
      )}
      {error ? (
        <div style={{ marginTop: 12 }}>
          <Note tone="bad">
            {problemText(error)} {at ? 'Nothing was scheduled.' : 'Nothing was sent.'}
          </Note>
        </div>
      ) : null}
      {limits.error && (
        <div style={{ marginTop: 12 }}>
          <Note tone="warn">
            How fast {connection?.name} may send at present could not be found out.{' '}
            {problemText(limits.error)}
          </Note>
        </div>
      )}
      {count &&
        count.reachable > 0 &&
        outlook?.warnings.map(({ tone, words }) => (
          <div key={words} style={{ marginTop: 12 }}>
            <Note tone={tone}>{words}</Note>
          </div>
        ))}
      <div className="row wrap" style={{ marginTop: 16 }}>
        <span className="t3 small" style={{ flex: '1 1 150px' }}>
          {at
            ? 'Until then you can change, move or cancel it. Who is in the audience is decided at that time.'
            : 'You can pause at any moment.'}
        </span>
        <Button variant="default" data-autofocus onClick={onClose}>
          Go back
        </Button>
        <Button
          miw={156}
          disabled={!count || count.reachable === 0}
          aria-disabled={busy || undefined}
          leftSection={at ? <IconClock size={16} stroke={1.75} /> : <IconSend size={16} stroke={1.75} />}
          onClick={() => void send()}
        >
          {busy
            ? at
              ? 'Scheduling'
              : 'Sending'
            : count
              ? `${at ? 'Schedule for' : 'Send to'} ${people(count.reachable)}`
              : 'Counting'}
        </Button>
      </div>
    </>
  );
}

/** What a canary puts in front of everybody; null where it is not needed. */
function canaryHold(canary: Canary | null, reachable: number): string | null {
  const first = canaryPeople(canary, reachable);
  if (!canary || first === null) return null;
  return `${people(first)}, ${canary.when_passed === 'ask' ? 'then it waits for you' : `then a wait of ${duration(canary.wait_minutes * 60)}`}`;
}

/** "About 14:30 London, in 3 min 0 s", or why nobody can say. */
function finishWords(outlook: Outlook | null, at: Date | null, zone: string): string {
  if (!outlook || outlook.finishMs === null) return outlook?.finishWords ?? 'Not known yet';
  const seconds = Math.ceil((outlook.finishMs - (at?.getTime() ?? Date.now())) / 1000);
  return `About ${momentShort(new Date(outlook.finishMs).toISOString(), zone)} ${zoneCity(zone)}, ${at ? 'after' : 'in'} ${duration(seconds)}`;
}

function Fact({ label, value, strong }: { label: string; value: string; strong?: boolean }) {
  return (
    <div className={css.fact}>
      <dt className="t2">{label}</dt>
      <dd className={strong ? 'strong' : undefined}>{value}</dd>
    </div>
  );
}
