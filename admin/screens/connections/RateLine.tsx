// Messages per minute over the last half hour as a small line, with a mark where the platform said 429. The same figures
// are in words for whoever does not see it.
import type { Limits } from '../../../contract/limits.ts';
import { figure } from '../../ui/numbers.ts';
import { clock } from '../../ui/times.ts';
import css from './Limits.module.css';

const height = 96;
const step = 20;

interface Props {
  samples: Limits['samples'];
  /** What the platform publishes, per minute. */
  perMinute: number;
  zone: string;
}

export function RateLine({ samples, perMinute, zone }: Props) {
  const width = (samples.length - 1) * step;
  const busiest = Math.max(...samples.map((sample) => sample.sent));
  // little sent would be a flat line under the platform's figure: then the picture is as high as the busiest minute
  const showsLimit = busiest > perMinute / 4;
  const most = showsLimit ? Math.max(perMinute, busiest) : Math.max(10, busiest * 1.25);
  const y = (sent: number) => height - (sent / most) * (height - 4);
  const points = samples.map((sample, index) => `${index * step},${y(sample.sent).toFixed(1)}`).join(' ');
  const total = samples.reduce((sum, sample) => sum + sample.sent, 0);
  const refused = samples.filter((sample) => sample.rate_limited > 0);
  const first = samples[0];
  const last = samples.at(-1);
  return (
    <figure>
      <figcaption className="small t3" style={{ marginBottom: 8 }}>
        Sent per minute: {figure(total)} in the last {samples.length} minutes, at most {figure(busiest)} in
        one.
        {refused.length > 0
          ? ` A mark at the bottom: answered 429 (${refused.map((sample) => clock(sample.minute, zone)).join(', ')}).`
          : ' Not one was refused.'}
      </figcaption>
      <svg className={css.line} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
        {showsLimit && (
          <line
            x1={0}
            x2={width}
            y1={y(perMinute)}
            y2={y(perMinute)}
            stroke="var(--c-border-strong)"
            strokeDasharray="4 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <line
          x1={0}
          x2={width}
          y1={height}
          y2={height}
          stroke="var(--c-border)"
          vectorEffect="non-scaling-stroke"
        />
        <polygon points={`0,${height} ${points} ${width},${height}`} fill="var(--c-brand-soft)" />
        <polyline
          points={points}
          fill="none"
          stroke="var(--c-brand)"
          strokeWidth={1.5}
          vectorEffect="non-scaling-stroke"
        />
        {samples.map(
          (sample, index) =>
            sample.rate_limited > 0 && (
              <line
                key={sample.minute}
                x1={index * step}
                x2={index * step}
                y1={height - 10}
                y2={height}
                stroke="var(--c-bad)"
                strokeWidth={3}
                vectorEffect="non-scaling-stroke"
              />
            ),
        )}
      </svg>
      <div className={`small t3 ${css.axis}`}>
        <span>{first && clock(first.minute, zone)}</span>
        {showsLimit && <span>Dashed: {figure(perMinute)} per minute, what the platform publishes</span>}
        <span>{last && clock(last.minute, zone)}</span>
      </div>
    </figure>
  );
}
