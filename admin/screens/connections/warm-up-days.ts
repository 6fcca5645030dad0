// The days of a warm-up plan as a person writes them.
import { figure } from '../../ui/numbers.ts';

/** "50, 100, 250" as numbers, or why it cannot be read. */
export function readDays(text: string): { days: number[] } | { wrong: string } {
  // "1,500" is one number to one person and two to the next
  const grouped = /(?<!\d)\d{1,3}(,\d{3})+(?!\d)/.exec(text)?.[0];
  if (grouped)
    return {
      wrong: `Is ${grouped} one day or ${grouped.split(',').length}? Write thousands without a comma (${grouped.replaceAll(',', '')}), and a space after the comma between two days (${grouped.replaceAll(',', ', ')}).`,
    };
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  const days = parts.map((part) => (/^\d{1,7}$/.test(part) ? Number(part) : 0));
  return days.length > 0 && days.every((day) => day >= 1)
    ? { days }
    : { wrong: 'Write whole numbers from 1 on, one for each day, with commas between them: 50, 100, 250.' };
}

/** "Day 1: 500 · Day 2: 1,500 · From day 3 on: no limit". */
export function dayWords(days: number[]): string {
  const each = days.map((limit, index) => `Day ${index + 1}: ${figure(limit)}`);
  return [...each, `From day ${days.length + 1} on: no limit`].join(' · ');
}
