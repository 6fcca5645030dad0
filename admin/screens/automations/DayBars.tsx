// A small bar for each day, told in words to who cannot see it.
import css from './DayBars.module.css';
import { daysInWords, dayWords } from './figures-words.ts';

export function DayBars(props: { days: { date: string; count: number }[]; wide?: boolean }) {
  const { days, wide } = props;
  const most = Math.max(...days.map(({ count }) => count), 1);
  return (
    <span role="img" aria-label={daysInWords(days)} className={css.bars} data-wide={wide || undefined}>
      {days.map(({ date, count }) => (
        <span key={date} className={css.day} title={`${dayWords(date)}: ${count}`}>
          <span
            className={css.bar}
            data-none={count === 0 || undefined}
            style={{ height: count === 0 ? 2 : `${Math.max(8, (count / most) * 100)}%` }}
          />
        </span>
      ))}
    </span>
  );
}
