// The test that went before a run: who got it, what became of it, and that everybody else waits for a person's go.
import { IconCheck, IconPlayerPause } from '@tabler/icons-react';
import type { Report } from '../../../contract/campaigns.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { moment } from '../../ui/times.ts';
import css from './Batches.module.css';
import { DeliveryBadge } from './delivery-state.tsx';

export function GoBlock({ report, ended }: { report: Report; ended: boolean }) {
  const zone = useZone();
  const { go } = report;
  if (!go) return null;
  const left = report.queued + report.sending;
  const waits = go.given_at === null && !ended;
  return (
    <Section
      title="Test first"
      aside={
        <Badge
          tone={waits ? 'warn' : 'ok'}
          icon={waits ? <IconPlayerPause aria-hidden /> : <IconCheck aria-hidden />}
        >
          {waits ? 'Waits for you' : go.given_at ? 'Go given' : 'Ended without a go'}
        </Badge>
      }
    >
      <p className="t2" aria-live="polite">
        {waits
          ? `Look at the test on the phones it went to. Then send it to the ${people(left)} who wait, or cancel the sending.`
          : go.given_at
            ? `Everybody else followed from ${moment(go.given_at, zone)} ${zoneCity(zone)} on.`
            : 'Nobody but these people got it.'}
      </p>
      <ul className={css.testers} aria-label="Who got the test">
        {go.testers.map(({ delivery_id, name, state }) => (
          <li key={delivery_id}>
            <Avatar name={name} size="small" />
            <span className="ellipsis grow" dir="auto">
              {name}
            </span>
            <DeliveryBadge state={state} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
