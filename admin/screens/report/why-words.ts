// A Why in a few words: the verdict for a title, and what is asked split from what was not asked any more.
import type { Why, WhyCheck, WhyVerdict } from '../../../contract/why.ts';

const verdicts: Record<WhyVerdict, string> = {
  will_get: 'Will get it',
  got: 'Got it',
  sent: 'Sent',
  waiting: 'Waiting',
  skipped: 'Not sent',
  failed: 'Failed',
  unknown: 'Not known',
  not_meant: 'Not in the audience',
};

/** "Not sent: Ada Byron" */
export function whyTitle(name: string, why: Pick<Why, 'verdict' | 'headline'> | undefined): string {
  if (!why) return `Why: ${name}`;
  return `${verdicts[why.verdict]}: ${name}`;
}

/** `skipped`: those after the answer that decided it; nobody looks for a tick or a cross there. */
export function splitChecks(checks: WhyCheck[]): { asked: WhyCheck[]; skipped: WhyCheck[] } {
  const at = checks.findIndex((check) => check.outcome === 'no');
  const end = at < 0 ? checks.length : at + 1;
  return { asked: checks.slice(0, end), skipped: checks.slice(end) };
}
