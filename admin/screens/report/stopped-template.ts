// A template that WhatsApp does not take at present: which of a campaign it is, and until when it is likely paused.
import type { Campaign } from '../../../contract/campaigns.ts';
import type { WhatsAppTemplate, WhatsAppTemplateChange } from '../../../contract/whatsapp-templates.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { momentShort } from '../../ui/times.ts';

export interface StoppedTemplate {
  id: string;
  name: string;
  isPaused: boolean;
  /** When WhatsApp likely lets it go; null: it does not say. */
  until: string | null;
}

/** The first pause lasts 3 hours, the second 6 (Cloud API, template pausing, 2026-11-20). */
const hours: Record<string, number> = { FIRST_PAUSE: 3, SECOND_PAUSE: 6 };

/** `changes`: the newest first or last. Null: not paused, or WhatsApp did not say which pause it is. */
export function likelyUntil(
  template: Pick<WhatsAppTemplate, 'status' | 'reason'>,
  changes: Pick<WhatsAppTemplateChange, 'at' | 'what' | 'is_now' | 'reason'>[],
): string | null {
  if (template.status !== 'PAUSED') return null;
  const paused = changes
    .filter((one) => one.what === 'status' && one.is_now === 'PAUSED')
    .sort((a, b) => b.at.localeCompare(a.at))[0];
  const lasts = hours[paused?.reason?.code ?? template.reason?.code ?? ''];
  return paused && lasts ? new Date(Date.parse(paused.at) + lasts * 3_600_000).toISOString() : null;
}

/** Name and language of every template that its wordings send. */
export function templatesOf({
  content,
  settings,
}: Pick<Campaign, 'content' | 'settings'>): { name: string; language: string }[] {
  return [content, ...(settings.ab?.variants ?? []).map((one) => one.content)].flatMap((one) =>
    one.whatsapp?.template ? [one.whatsapp.template] : [],
  );
}

/** "spring_sale is paused, likely until 14:05 London"; "spring_sale cannot be sent". */
export function stoppedWords({ name, isPaused, until }: StoppedTemplate, zone: string): string {
  if (!isPaused) return `${name} cannot be sent`;
  return until && Date.parse(until) > Date.now()
    ? `${name} is paused, likely until ${momentShort(until, zone)} ${zoneCity(zone)}`
    : `${name} is paused`;
}

/** Beside Resume: what it would answer. */
export function whyNotResumed(template: StoppedTemplate, zone: string): string {
  return `Resuming would be refused: ${stoppedWords(template, zone)}.`;
}
