// How many people a segment held over time, with those who came and left. Small, and said in words as well.
import type { SegmentCheck } from '../../../contract/segments.ts';
import { figure, people } from '../../ui/numbers.ts';
import { momentShort } from '../../ui/times.ts';
import { courseOf } from './course.ts';
import css from './Segments.module.css';

const width = 600;
const top = 72;
const middle = 98;
const room = 20;

export function CourseChart(props: { checks: SegmentCheck[]; until: string | null; zone: string }) {
  const course = courseOf(props.checks, props.until, width, top);
  if (!course) return null;
  const bar = (n: number) => (n === 0 ? 0 : Math.max(1.5, (n / course.busiest) * room));
  const turned = turnsInWords(course.turns);
  const words = `${people(course.entered)} entered and ${people(course.left)} left since ${momentShort(course.from, props.zone)}; at most ${figure(course.highest)} at once${turned ? `; ${turned}` : ''}`;
  return (
    <figure>
      <svg
        className={css.chart}
        viewBox={`0 -4 ${width} 124`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        <path d={`${course.line}V${top}H0Z`} fill="var(--c-brand-soft)" />
        <path
          d={course.line}
          fill="none"
          stroke="var(--c-series-1)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
        {course.turns.map(({ x }) => (
          <line
            key={x}
            x1={x}
            x2={x}
            y1={-4}
            y2={120}
            stroke="var(--c-text-3)"
            strokeDasharray="3 3"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        <line
          x1={0}
          x2={width}
          y1={middle}
          y2={middle}
          stroke="var(--c-border)"
          vectorEffect="non-scaling-stroke"
        />
        {course.bars.map(({ x, entered, left }) => (
          <g key={x}>
            <rect
              x={Math.min(width - 5, x)}
              y={middle - bar(entered)}
              width="5"
              height={bar(entered)}
              fill="var(--c-ok)"
            />
            <rect
              x={Math.min(width - 5, x)}
              y={middle}
              width="5"
              height={bar(left)}
              fill="var(--c-series-3)"
            />
          </g>
        ))}
      </svg>
      <div className={css.axis} aria-hidden>
        <span>{momentShort(course.from, props.zone)}</span>
        <span>{momentShort(course.to, props.zone)}</span>
      </div>
      <figcaption className={css.legend} style={{ marginTop: 8 }}>
        <Item color="var(--c-series-1)">people in it, at most {figure(course.highest)}</Item>
        <Item color="var(--c-ok)">{figure(course.entered)} entered</Item>
        <Item color="var(--c-series-3)">{figure(course.left)} left</Item>
        {turned && <span>dashed: {turned}</span>}
      </figcaption>
    </figure>
  );
}

/** "the rule was changed, which brought in 12 and put out 27"; empty: it never was. */
function turnsInWords(turns: { entered: number; left: number }[]): string {
  if (turns.length === 0) return '';
  const sum = (key: 'entered' | 'left') => figure(turns.reduce((all, one) => all + one[key], 0));
  const times = turns.length === 1 ? '' : ` ${figure(turns.length)} times`;
  return `the rule was changed${times}, which brought in ${sum('entered')} and put out ${sum('left')}`;
}

function Item(props: { color: string; children: React.ReactNode }) {
  return (
    <span>
      <span className={css.swatch} style={{ background: props.color }} aria-hidden />
      {props.children}
    </span>
  );
}
