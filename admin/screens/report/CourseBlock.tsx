// What happened when, as running sums, and how it will go on. Said in words as well.
import { useQuery } from '@tanstack/react-query';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import type { Course } from '../../../contract/links.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { clock, clockSeconds, momentShort } from '../../ui/times.ts';
import css from './Course.module.css';
import { linesOf } from './course-lines.ts';

const width = 400;
const height = 150;
const series = [
  ['sent', 'Sent', 'var(--c-series-1)'],
  ['clicked', 'Clicked', 'var(--c-series-2)'],
  ['replied', 'Replied', 'var(--c-ok)'],
] as const;

interface Props {
  campaign: Campaign;
  report: Report;
  /** Absent: of an automation all its runs, as its report. */
  runId: string | undefined;
}

export function CourseBlock({ campaign, report, runId }: Props) {
  const zone = useZone();
  const isSending = campaign.status === 'sending' && report.finished_at === null;
  const course = useQuery({
    queryKey: keys.course(campaign.id, runId),
    queryFn: ({ signal }) => api.get<Course>(`/campaigns/${campaign.id}/course`, { run_id: runId }, signal),
    // clicks and answers go on after the end, slowly; of a great run the look itself costs the sending
    refetchInterval: runId === undefined ? false : isSending && report.planned <= 100_000 ? 5000 : 60_000,
    enabled: report.run_id !== null,
  });
  const startedAt = report.started_at;
  const lines =
    course.data && startedAt
      ? linesOf(course.data, { startedAt, planned: report.planned, isSending }, width, height)
      : null;
  const shown = series.filter(
    ([key]) => key === 'sent' || (key === 'clicked' ? (report.clicked ?? 0) > 0 : report.replied > 0),
  );
  return (
    <Section
      title="Over time"
      aside={
        <span className={css.legend}>
          {shown.map(([key, label, color]) => (
            <span key={key}>
              <i style={{ background: color }} aria-hidden />
              {label}
            </span>
          ))}
          {lines?.planned != null && (
            <span>
              <i data-dotted aria-hidden />
              {figure(report.planned)} planned
            </span>
          )}
        </span>
      }
    >
      {!lines ? (
        <p className="t3">{course.error ? 'The course could not be loaded.' : 'Nothing has happened yet.'}</p>
      ) : (
        <figure className={css.figure}>
          <div className={css.plot}>
            <div className={css.scale} data-now={lines.now !== null || undefined} aria-hidden>
              {[1, 0.75, 0.5, 0.25, 0].map((part) => (
                <span key={part}>{figure(lines.top * part)}</span>
              ))}
            </div>
            <div>
              {lines.now && (
                <div className={css.now} aria-hidden>
                  <span
                    style={{ left: `${(lines.now.x / width) * 100}%` }}
                    data-end={lines.now.x > width / 2 || undefined}
                  >
                    Now
                  </span>
                </div>
              )}
              <svg
                className={css.drawing}
                viewBox={`0 -2 ${width} ${height + 4}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={words()}
              >
                {[0.25, 0.5, 0.75, 1].map((part) => (
                  <Rule key={part} y={height - height * part} color="var(--c-border)" />
                ))}
                {lines.now && (
                  <rect
                    x={lines.now.x}
                    y={0}
                    width={width - lines.now.x}
                    height={height}
                    fill="var(--c-sunken)"
                  />
                )}
                <path d={`${lines.sent}V${height}H0Z`} fill="var(--c-brand-soft)" opacity="0.5" />
                {lines.planned !== null && <Rule y={lines.planned} color="var(--c-text-3)" dashed />}
                {shown.map(([key, , color]) => (
                  <path
                    key={key}
                    d={lines[key]}
                    fill="none"
                    stroke={color}
                    strokeWidth="2"
                    vectorEffect="non-scaling-stroke"
                  />
                ))}
                {lines.forecast && (
                  <path
                    d={lines.forecast}
                    fill="none"
                    stroke="var(--c-series-1)"
                    strokeWidth="2"
                    strokeDasharray="4 4"
                    vectorEffect="non-scaling-stroke"
                  />
                )}
                {lines.now && (
                  <line
                    x1={lines.now.x}
                    x2={lines.now.x}
                    y1={0}
                    y2={height}
                    stroke="var(--c-text-2)"
                    vectorEffect="non-scaling-stroke"
                  />
                )}
                <Rule y={height} color="var(--c-control)" />
              </svg>
              <div className={css.axis} aria-hidden>
                <span>{beginWords(lines)}</span>
                <span>{lines.forecast ? `Forecast ${clock(lines.to, zone)}` : endWords(lines.to)}</span>
              </div>
            </div>
          </div>
        </figure>
      )}
    </Section>
  );

  function isShort(from: string | null, to: string): boolean {
    return Date.parse(to) - Date.parse(from ?? to) < 43_200_000;
  }
  function beginWords({ from, to }: { from: string; to: string }): string {
    return isShort(from, to) ? clockSeconds(from, zone) : momentShort(from, zone);
  }
  function endWords(to: string): string {
    return isShort(startedAt, to) ? clockSeconds(to, zone) : momentShort(to, zone);
  }

  function words(): string {
    const said = [`${figure(report.sent)} sent`];
    if (report.clicked) said.push(`${figure(report.clicked)} clicked`);
    if (report.replied) said.push(`${figure(report.replied)} replied`);
    const until = report.finish_at && isSending ? `, done at about ${clock(report.finish_at, zone)}` : '';
    return `${said.join(', ')} since ${clockSeconds(startedAt ?? '', zone)}${until}`;
  }
}

function Rule({ y, color, dashed }: { y: number; color: string; dashed?: boolean }) {
  return (
    <line
      x1={0}
      x2={width}
      y1={y}
      y2={y}
      stroke={color}
      strokeDasharray={dashed ? '2 3' : undefined}
      vectorEffect="non-scaling-stroke"
    />
  );
}
