// One bar whose parts sum to a whole, with a legend and the sum written out: 7,412 + 184 + 61 = 7,657 planned.
import { figure } from './numbers.ts';
import css from './ProgressParts.module.css';

export interface Part {
  label: string;
  value: number;
  color: string;
  /** Parts that are always in the legend, also at 0. */
  always?: boolean;
}

export function ProgressParts({ parts, total, noun }: { parts: Part[]; total: number; noun: string }) {
  const shown = parts.filter((part) => part.value > 0 || part.always);
  const sum = parts.reduce((all, part) => all + part.value, 0);
  const words = shown.map((part) => `${part.label} ${figure(part.value)}`).join(', ');
  return (
    <div>
      <div className={css.bar} role="img" aria-label={`${words}; ${figure(total)} ${noun}`}>
        {parts
          .filter((part) => part.value > 0)
          .map((part) => (
            <span
              key={part.label}
              className={css.part}
              style={{ flexGrow: part.value, background: part.color }}
            />
          ))}
      </div>
      <div className={css.legend}>
        <ul className={css.items}>
          {shown.map((part) => (
            <li key={part.label} className={css.item}>
              <span className={css.square} style={{ background: part.color }} aria-hidden />
              <span className="t2">{part.label}</span>
              <span className="strong">{figure(part.value)}</span>
            </li>
          ))}
        </ul>
        <span className={`t3 ${css.sum}`} data-testid="progress-sum">
          {shown.map((part) => figure(part.value)).join(' + ')} = {figure(sum)} {noun}
        </span>
      </div>
    </div>
  );
}
