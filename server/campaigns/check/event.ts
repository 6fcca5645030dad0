// What an automation's message becomes of events unlike those that its author has in mind: a cart of which nothing more is known
// than what lies in it, one of very many items.
import { templateOn } from '../../../contract/message.ts';
import { AppError } from '../../platform/errors.ts';
import { compileMessage } from '../../templates/compile.ts';
import { sampleContact } from '../../templates/contact.ts';
import { extremeEvents } from '../../templates/extreme-events.ts';
import { placeOfMessage } from '../../whatsapp-templates/message-place.ts';
import { type Advice, type Finding, finding } from './finding.ts';

export const adviceOnEvent: Advice = async (ctx, { campaign, connection }) => {
  const { content, kind } = campaign;
  const { channel } = connection;
  const pointer = templateOn(channel, content) ? '/content/whatsapp/template' : '/content/text';
  const found: Finding[] = [];
  const warn = (key: string, at: string, words: string) => found.push(finding(key, 'warning', at, words));
  try {
    const place = await placeOfMessage(ctx, content, connection.id);
    const message = compileMessage(content, channel, place, kind);
    for (const { of, event, remedy } of extremeEvents(kind))
      try {
        message.render(sampleContact, event);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const at = error.errors[0]?.pointer ?? pointer;
        warn('event_gap', at, `${of} gets no message. ${error.message}${remedy ? ` ${remedy}` : ''}`);
      }
  } catch (error) {
    // a message that cannot be read is told elsewhere
    if (!(error instanceof AppError)) throw error;
  }
  return found;
};
