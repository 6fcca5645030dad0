// Why no template can be chosen where the number has some: each by its name and its state.
import type { WhatsAppTemplate } from '../../../contract/whatsapp-templates.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import { stateWord } from '../templates/whatsapp/template-state.tsx';

/** "spring_sale is paused." "spring_sale is paused, welcome is in review and 2 more cannot be sent." */
export function noneWords(templates: Pick<WhatsAppTemplate, 'name' | 'status' | 'cannot_send'>[]): string {
  const shown = templates.slice(0, 3).map(({ name, status }) =>
    // approved, but with something in it that we cannot fill
    ['APPROVED', 'FLAGGED'].includes(status)
      ? `${name} cannot be sent from here`
      : `${name} is ${withinSentence(stateWord(status))}`,
  );
  const more = templates.length - shown.length;
  if (more > 0) shown.push(`${more} more cannot be sent`);
  const last = shown.pop() ?? '';
  return `${shown.length > 0 ? `${shown.join(', ')} and ` : ''}${last}.`;
}
