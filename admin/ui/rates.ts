// Rates as the panel writes them, in the unit in which they are a figure: 30 per second, 30 per minute, 12 per hour.
import { figure } from './numbers.ts';

const units = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
] as const;
const signs = { second: 's', minute: 'min', hour: 'h' };

/**
 * "30 per second"; below 1 per second "30 per minute"; below 1 per minute "12 per hour". 0 is nothing at all. Short, where
 * there is no room: "30/s", "30/min", "12/h".
 */
export function rateWords(perSecond: number, form: 'long' | 'short' = 'long'): string {
  const per = (unit: keyof typeof signs) => (form === 'short' ? `/${signs[unit]}` : ` per ${unit}`);
  if (perSecond <= 0) return `0${per('second')}`;
  const [unit, seconds] = units.find(([, seconds]) => rounded(perSecond * seconds) >= 1) ?? units[2];
  const rate = rounded(perSecond * seconds);
  return `${rate < 0.1 ? 'under 0.1' : rate >= 1000 ? figure(rate) : rate}${per(unit)}`;
}

/** As rateWords(), with what is counted: "1 message per minute". */
export function messagesPer(perSecond: number): string {
  const [count, ...unit] = rateWords(perSecond).split(/ (?=per )/);
  return `${count} ${count === '1' ? 'message' : 'messages'} ${unit.join('')}`;
}

const rounded = (rate: number) => Math.round(rate * 10) / 10;
