// An approved template whose values an operator typed: sent to the letter, nothing in them is read as a variable or a mark.
import type { FieldProblem } from '../../../contract/errors.ts';
import type { RenderedAttachment, RenderedMessage, WhatsAppContent } from '../../../contract/message.ts';
import type { TemplateComponent } from '../../../contract/whatsapp-templates.ts';
import { insert } from '../inserted.ts';
import { contentFault } from '../telegram-body.ts';
import { approvedParts } from './approved.ts';

type Chosen = NonNullable<WhatsAppContent['template']>;

/** Throws TEMPLATE_INVALID with every wrong field, CONTENT_TOO_LONG. Pointers are those of a message's content. */
export function literalTemplate(
  chosen: Chosen,
  components: TemplateComponent[],
  attachments: RenderedAttachment[],
): RenderedMessage {
  const problems: FieldProblem[] = [];
  const literal = (text: string, pointer: string) => ({
    pointer,
    personal: false,
    values: [],
    readsShop: false,
    render: () => insert(text),
    renderPlain: () => insert(text),
  });
  const parts = approvedParts(chosen, components, attachments, literal, problems);
  if (problems.length > 0) throw contentFault(problems);
  const [image = null] = attachments.filter(({ kind }) => kind === 'image');
  return {
    ...parts.render({}, attachments.length > 0),
    image: image && { url: image.url, width: image.width, height: image.height },
    ...(attachments.length > 0 && { attachments }),
  };
}
