// The last look before a campaign goes out: how many people, who is left out and why, when it is done. One opening of
// the dialog is one Idempotency-Key, so a double click or a repeated request is one run.

import { Button, Modal, Skeleton } from '@mantine/core';
import { IconClock, IconSend } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { AudienceCount } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Connection } from '../../../contract/connections.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import { inWords, zoneCity } from '../../../contract/zones.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMe, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { messagesPer } from '../../ui/rates.ts';
import { momentShort } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { withinSentence } from '../../ui/within-sentence.ts';
import { labelOfConnection } from '../connections/handle.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import {
  costDoubt,
  costWords,
  finishWords,
  firstWords,
  testWords,
  warmUpWords,
  warningsOf,
} from './forecast-words.ts';
import { useCheck } from './ReadyList.tsx';
import css from './SendDialog.module.css';
import { firstInstant, repeatWords } from './schedule/words.ts';

interface Props {
  campaignId: string;
  name: string;
  connection: Connection | undefined;
  schedule: Schedule;
  /** It is scheduled or held already. */
  begun: boolean;
  opened: boolean;
  onClose: () => void;
}

const leftOut = [
  ['opted_out', 'Opted out'],
  ['no_identity', 'Have no address on this connection'],
  ['invalid_number', 'Have a phone number that cannot be one'],
  ['unreachable', 'Cannot be reached any more'],
  [
    'no_marketing_in_country',
    'Have a number of the United States, where WhatsApp delivers no marketing templates',
  ],
  ['window_closed', 'Have not written within 24 hours, and the message is no approved template'],
  ['holdout', 'In the holdout group, to compare'],
  ['over_cap', 'Had as many messages as the frequency cap allows'],
  ['quiet_too_long', 'In quiet hours for longer than a message may wait'],
  ['local_time_passed', 'That hour is over in their own zone'],
] as const;

/** What differs from platform to platform. */
const ownWords: Record<Connection['channel'], Partial<Record<string, string>>> = {
  telegram: {
    no_identity: 'Have not started a chat on this connection',
    unreachable: 'Blocked the bot or deleted their account',
  },
  whatsapp: {
    no_identity: 'Have no phone number, or share one with somebody who gets it',
    unreachable: 'Not on WhatsApp, or blocked this number',
  },
  website: { no_identity: 'Have never visited the website' },
};

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
function nobody({ over_cap, quiet_too_long, window_closed }: AudienceCount): string {
  if (window_closed > 0)
    return 'Nobody of this audience has written within 24 hours. Choose an approved template: it reaches everybody else too.';
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

function Confirm({ campaignId, name, connection, schedule, begun, onClose }: Props) {
  const client = useQueryClient();
  const at = firstInstant(schedule, client.getQueryData<Campaign>(keys.campaign(campaignId)));
  const testers =
    client.getQueryData<Campaign>(keys.campaign(campaignId))?.settings.test_first?.contact_ids.length ?? 0;
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
  const stored = client.getQueryData<Campaign>(keys.campaign(campaignId));
  // of what the look at the campaign found, this is asked of nobody on the way here
  const check = useCheck(campaignId, stored?.version ?? 0, stored !== undefined);
  const noOptIn = check.data?.problems.find(({ key }) => key === 'no_opt_in');
  const begins = beginsAt(schedule, at, begun);
  const forecast = useQuery({
    queryKey: [...keys.audience(campaignId), 'forecast', begins],
    queryFn: ({ signal }) =>
      api.get<SendForecast>(`/campaigns/${campaignId}/forecast`, begins ? { at: begins } : undefined, signal),
    staleTime: 0,
  });
  // what is shown is complete: without its speed nobody should press Send yet
  const count = forecast.isPending ? undefined : audience.data;
  const out = count ? count.total - count.reachable : 0;
  const isLater = at !== null;
  const isBroken = connection?.status === 'error';
  const warmUp = forecast.data ? warmUpWords(forecast.data, isLater) : null;
  const doubt = forecast.data ? costDoubt(forecast.data.cost) : null;
  const own = ownWords[connection?.channel ?? 'telegram'];
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
              : testers > 0
                ? `${testWords(testers)}?`
                : `Send to ${people(count.reachable)} now?`
            : 'Nobody would receive this campaign'
          : 'Counting the audience'}
      </h2>
      <p className="t2" style={{ marginTop: 4 }}>
        {count && count.reachable === 0
          ? nobody(count)
          : `${name} goes out on ${channelWord(connection?.channel ?? 'telegram')} from ${connection ? labelOfConnection(connection) : 'the chosen connection'}${at ? whenWords(schedule, at) : ''}.`}
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
              {count.also_tested > 0 && (
                <Fact
                  label="Of these, have it as a test as well, so twice"
                  value={people(count.also_tested)}
                />
              )}
              {leftOut
                .filter(([field]) => count[field] > 0)
                .map(([field, words]) => (
                  <Fact
                    key={field}
                    label={`Left out: ${withinSentence(own[field] ?? words)}`}
                    value={people(count[field])}
                  />
                ))}
              {count.excluded > 0 && (
                <Fact label="Taken out of the audience" value={people(count.excluded)} />
              )}
              {forecast.data?.goes_first && <Fact {...firstWords(forecast.data.goes_first)} />}
              {count.reachable > 0 && (
                <Fact
                  label={
                    forecast.data ? `Finishes, at up to ${messagesPer(forecast.data.per_second)}` : 'Finishes'
                  }
                  value={
                    forecast.data ? finishWords(forecast.data, { isBroken, isLater, zone }) : 'Not known yet'
                  }
                />
              )}
              {forecast.data && count.reachable > 0 && forecast.data.cost?.kind !== 'free' && (
                <Fact
                  label={doubt ? `Cost, ${withinSentence(doubt)}` : 'Cost'}
                  value={costWords(forecast.data.cost)}
                />
              )}
              {warmUp && count.reachable > 0 && (
                <Fact label={`Warm-up plan of ${connection?.name}`} value={warmUp} />
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
      {forecast.error && !audience.error && (
        <div style={{ marginTop: 12 }}>
          <Note tone="warn">
            How fast {connection?.name} may send at present could not be found out.{' '}
            {problemText(forecast.error)}
          </Note>
        </div>
      )}
      {count &&
        count.reachable > 0 &&
        connection &&
        forecast.data &&
        warningsOf(forecast.data, { connection, isHeld, isLater, zone }).map(({ tone, words }) => (
          <div key={words} style={{ marginTop: 12 }}>
            <Note tone={tone}>{words}</Note>
          </div>
        ))}
      {noOptIn && count && count.reachable > 0 && (
        <div style={{ marginTop: 12 }}>
          <Note tone="warn">{noOptIn.words}</Note>
        </div>
      )}
      <div className="row wrap" style={{ marginTop: 16 }}>
        <span className="t3 small" style={{ flex: '1 1 150px' }}>
          {at
            ? 'Until then you can change, move or cancel it. Who is in the audience is decided at that time.'
            : testers > 0
              ? `${people(count?.reachable ?? 0)} wait until you have looked at it.`
              : 'You can pause at any moment.'}
        </span>
        <div className={css.buttons}>
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
                ? !at && testers > 0
                  ? `Send the test to ${people(testers)}`
                  : `${at ? 'Schedule for' : 'Send to'} ${people(count.reachable)}`
                : 'Counting'}
          </Button>
        </div>
      </div>
    </>
  );
}

/** The hour to look at, where it is not what is stored; a campaign with an hour that is sent at once begins now. */
function beginsAt({ mode }: Schedule, at: Date | null, begun: boolean): string | undefined {
  if (mode === 'now') return begun ? new Date(0).toISOString() : undefined;
  // by everybody's own clock it begins with the earliest of them, which the server knows
  return mode === 'recipient_local' ? undefined : at?.toISOString();
}

function Fact({ label, value, strong }: { label: string; value: string; strong?: boolean }) {
  return (
    <div className={css.fact}>
      <dt className="t2">{label}</dt>
      <dd className={strong ? 'strong' : undefined}>{value}</dd>
    </div>
  );
}
