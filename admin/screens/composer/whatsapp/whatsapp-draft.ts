// What of a WhatsApp message that is being written can be stored: what is not whole yet stays on screen and is named at its field.
import type { FieldProblem } from '../../../../contract/errors.ts';
import { type Content, type WhatsAppContent, whatsappContent } from '../../../../contract/message.ts';
import {
  type TemplateComponent,
  type TemplateValues,
  variablesOf,
} from '../../../../contract/whatsapp-templates.ts';

export const noWhatsApp: WhatsAppContent = { template: null, footer: null, reply_buttons: [], list: null };

/** What stands under a free text. */
export type Under = 'nothing' | 'link' | 'replies' | 'list';
export function underOf({ buttons, whatsapp }: Content): Under {
  if (whatsapp?.list) return 'list';
  if (whatsapp && whatsapp.reply_buttons.length > 0) return 'replies';
  return buttons.length > 0 ? 'link' : 'nothing';
}

/** `value` undefined: nothing was said for WhatsApp. Every problem by its pointer. */
export function storableWhatsApp(given: WhatsAppContent | undefined): {
  value: WhatsAppContent | undefined;
  problems: FieldProblem[];
} {
  if (!given) return { value: undefined, problems: [] };
  const whole = whatsappContent.safeParse(given);
  if (whole.success) return { value: whole.data, problems: [] };
  const problems = whole.error.issues.map((issue) => ({
    pointer: ['/content/whatsapp', ...issue.path.map(String)].join('/'),
    detail: issue.message,
  }));
  const part = <Name extends keyof WhatsAppContent>(name: Name): WhatsAppContent[Name] => {
    const checked = whatsappContent.shape[name].safeParse(given[name]);
    return (checked.success ? checked.data : noWhatsApp[name]) as WhatsAppContent[Name];
  };
  const replies = given.reply_buttons.filter(
    (one) => whatsappContent.shape.reply_buttons.safeParse([one]).success,
  );
  return {
    value: {
      template: part('template'),
      footer: part('footer'),
      reply_buttons: replies.slice(0, 3),
      list: part('list'),
    },
    problems,
  };
}

type Chosen = NonNullable<WhatsAppContent['template']>;
/** A template that is chosen instead of another keeps what was written for places of the same name. */
export function chosenTemplate(
  { name, language, components }: { name: string; language: string; components: TemplateComponent[] },
  before: Chosen | null,
): Chosen {
  const places = variablesOf(components);
  const kept = (part: keyof TemplateValues) =>
    Object.fromEntries(
      places[part].flatMap(({ key }) => {
        const value = before?.[part][key];
        return value === undefined ? [] : [[key, value]];
      }),
    );
  return { name, language, header: kept('header'), body: kept('body'), buttons: kept('buttons') };
}
