// How many people are met when, by time zone: what "at nine in everybody's own zone" comes to.
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { Schedule, ZonePlan } from '../../../../contract/schedules.ts';
import { inWords, zoneCity } from '../../../../contract/zones.ts';
import { api } from '../../../api.ts';
import { problemText } from '../../../ui/FieldProblem.tsx';
import { people } from '../../../ui/numbers.ts';
import css from './Schedule.module.css';

export function ZonePlanTable(props: {
  campaign: Campaign;
  schedule: Extract<Schedule, { mode: 'recipient_local' }>;
  zone: string;
}) {
  const { campaign, schedule, zone } = props;
  const plan = useQuery({
    // the plan is of what is stored
    queryKey: ['campaign_zones', campaign.id, campaign.version],
    queryFn: ({ signal }) => api.get<ZonePlan>(`/campaigns/${campaign.id}/zones`, undefined, signal),
    enabled: campaign.schedule.mode === 'recipient_local',
    placeholderData: (before) => before,
  });
  if (plan.error) return <p className="small bad">{problemText(plan.error)}</p>;
  if (!plan.data) return <Skeleton height={120} mt={12} />;
  const { data, first_at, last_at } = plan.data;
  if (data.length === 0) return <p className="small t2">Nobody is in the audience yet.</p>;
  return (
    <section className={css.dates} aria-label="Plan per time zone">
      <p className="strong">
        {data.length === 1 ? 'One time zone' : `${data.length} time zones`}
        {first_at &&
          last_at &&
          `, from ${inWords(new Date(first_at), zone)} to ${inWords(new Date(last_at), zone)} ${zoneCity(zone)}`}
      </p>
      <div className={css.scroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time zone</th>
              <th scope="col">People</th>
              <th scope="col">There</th>
              <th scope="col">{zoneCity(zone)}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((row) => (
              <tr key={row.time_zone ?? ''}>
                <td className="strong">
                  {row.time_zone ?? `Not known: as in ${zoneCity(schedule.time_zone)}`}
                </td>
                <td className="nowrap">{people(row.people)}</td>
                <td data-label="There">
                  {row.passed && schedule.passed === 'skip'
                    ? 'Left out: that time is over there'
                    : inWords(new Date(row.at), row.time_zone ?? schedule.time_zone)}
                  {row.passed && schedule.passed === 'next_day' && <span className="t2"> (next day)</span>}
                  {row.change === 'skipped' && <span className="t2"> (moved forward by the clocks)</span>}
                  {row.change === 'twice' && <span className="t2"> (the first of two)</span>}
                </td>
                <td className="t2" data-label={zoneCity(zone)}>
                  {row.passed && schedule.passed === 'skip' ? '' : inWords(new Date(row.at), zone)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
