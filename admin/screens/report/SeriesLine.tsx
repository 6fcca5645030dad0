// In the head of the report of a campaign that repeats: how often, and when it goes out next.
import { IconRepeat } from '@tabler/icons-react';
import type { Campaign } from '../../../contract/campaigns.ts';
import css from './Report.module.css';
import { seriesWords } from './run-words.ts';

export function SeriesLine({ campaign }: { campaign: Campaign }) {
  const words = seriesWords(campaign);
  if (!words) return null;
  return (
    <p className={`t2 ${css.series}`}>
      <IconRepeat size={16} stroke={1.75} aria-hidden />
      <span>{words}</span>
    </p>
  );
}
