// What a person gets after opting out, in each language that opt-outs are understood in. Each says two things: no more
// promotions, and how to come back. "/start" stays as it is, since it is a command, and is START on
// WhatsApp, where nobody knows of slashes; in Arabic it has a line of its own, so that the slash stands before it.
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { isOptOutCommand, languagesOf } from './opt-out-intent.ts';

export const confirmations: Record<string, string> = {
  en: 'You will not get any more promotions from us. If you did not mean that, or want them again, send /start.',
  de: 'Sie bekommen keine Werbung mehr von uns. Wenn das nicht gemeint war oder Sie wieder welche möchten, senden Sie /start.',
  fr: 'Vous ne recevrez plus de promotions de notre part. Si ce n’était pas votre intention, ou si vous en voulez de nouveau, envoyez /start.',
  es: 'Ya no le enviaremos más promociones. Si no era lo que quería, o si desea recibirlas de nuevo, envíe /start.',
  pt: 'Não receberá mais promoções nossas. Se não era isso que queria, ou se quiser recebê-las de novo, envie /start.',
  it: 'Non riceverà più promozioni da parte nostra. Se non era ciò che intendeva, o se vuole riceverle di nuovo, invii /start.',
  nl: 'U krijgt geen reclame meer van ons. Bedoelde u dat niet, of wilt u die weer ontvangen, stuur dan /start.',
  ru: 'Вы больше не будете получать от нас рекламу. Если вы имели в виду другое или хотите получать её снова, отправьте /start.',
  uk: 'Ви більше не отримуватимете від нас рекламу. Якщо ви мали на увазі інше або хочете отримувати її знову, надішліть /start.',
  tr: 'Artık bizden tanıtım mesajı almayacaksınız. Bunu kastetmediyseniz ya da yeniden almak isterseniz /start gönderin.',
  pl: 'Nie będziemy już wysyłać Państwu reklam. Jeśli nie o to chodziło lub chcą Państwo znów je otrzymywać, proszę wysłać /start.',
  ar: 'لن تصلك منا أي عروض ترويجية بعد الآن. إذا لم يكن هذا قصدك، أو أردت تلقيها من جديد، فأرسل:\n/start',
  id: 'Anda tidak akan menerima promosi dari kami lagi. Jika bukan itu maksud Anda, atau ingin menerimanya lagi, kirim /start.',
  hi: 'अब आपको हमारी ओर से प्रचार संदेश नहीं मिलेंगे। यदि आपका यह आशय नहीं था, या आप इन्हें फिर से पाना चाहते हैं, तो /start भेजें।',
};

/**
 * In the language of their words; where those are everybody's ("stop", "/stop"), in the person's own.
 * @param own The person's language as their profile or platform has it ("de", "pt-br"), null where nobody knows.
 */
export function confirmationFor(words: string, own: string | null, channel: Channel = 'telegram'): string {
  const mine = own?.toLowerCase().split(/[-_]/)[0] ?? '';
  const understood = languagesOf(words);
  // "stop" and "unsubscribe" are English words that people of all languages send; a sentence is of who wrote it
  const isEverybodys = understood.length === 0 || (understood.includes('en') && isOptOutCommand(words));
  const known = Object.hasOwn(confirmations, mine) ? mine : 'en';
  const language = understood.includes(mine) || isEverybodys ? known : understood[0];
  const text = confirmations[language ?? 'en'] ?? '';
  return factsOf(channel).knowsCommands ? text : text.replace('/start', 'START');
}
