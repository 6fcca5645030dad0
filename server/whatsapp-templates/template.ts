// What a template's states mean: whether campaigns can send it, why not, and what to do. Pure. States and reasons: Cloud API,
// message templates and webhook message_template_status_update, 2026-11-20.
import { type TemplateComponent, whyUnsendable } from '../../contract/whatsapp-templates.ts';

/** FLAGGED goes out still: its quality is low, and it is paused next if that stays. */
export const sendableStates = ['APPROVED', 'FLAGGED'];
const sendable = new Set(sendableStates);
/** News that lead back to APPROVED; the platform's list knows them by that name. */
const backAgain = new Set(['REINSTATED', 'UNARCHIVED']);
/** Waits for WhatsApp's word: nothing was refused, so nothing that is under way is stopped. */
const undecided = new Set(['PENDING', 'IN_APPEAL']);
/** Meta edits only these (whatsapp.md section 4: "only APPROVED/REJECTED/PAUSED"). */
const editable = new Set(['APPROVED', 'REJECTED', 'PAUSED']);
const gone = new Set(['DELETED', 'PENDING_DELETION']);

export const stateOf = (told: string): string => {
  const state = told.toUpperCase();
  return backAgain.has(state) ? 'APPROVED' : state;
};
export const isSendable = (status: string) => sendable.has(status);
/** Campaigns under way cannot go on with it. */
export const stopsRuns = (status: string) => !sendable.has(status) && !undecided.has(status);
export const isGone = (status: string) => gone.has(status);

/** In words, why it cannot be changed; null: it can. */
export function whyNotEditable(status: string): string | null {
  if (editable.has(status)) return null;
  if (undecided.has(status))
    return 'WhatsApp is judging it. It can be changed once it is approved or rejected.';
  return 'WhatsApp lets only approved, rejected and paused templates be changed. Make a new one instead.';
}

const whyNot: Record<string, string> = {
  PENDING: 'WhatsApp is judging it: mostly some minutes, at most a day.',
  IN_APPEAL: 'An appeal against its rejection is being judged.',
  REJECTED: 'WhatsApp rejected it. Change it and hand it in again.',
  PAUSED:
    'WhatsApp paused it, because people blocked or reported it: 3 hours at the first time, 6 at the second. Change what it says before it goes on.',
  DISABLED: 'WhatsApp disabled it for good, because people blocked or reported it. Write a new one.',
  DELETED: 'It was deleted. Choose another template.',
  PENDING_DELETION: 'It is being deleted. Choose another template.',
  LIMIT_EXCEEDED: 'The account has as many templates as WhatsApp allows. Delete one and hand it in again.',
  ARCHIVED:
    'Nobody sent it for a year, so WhatsApp archived it. Take it out of the archive in the WhatsApp Manager.',
  LOCKED: 'WhatsApp locked it. The WhatsApp Manager says why.',
};

/** Why campaigns cannot send it at present, in words; null: they can. */
export function cannotSend(template: { status: string; components: TemplateComponent[] }): string | null {
  if (!isSendable(template.status))
    return (
      whyNot[template.status] ?? `WhatsApp says ${template.status}. Only approved templates can be sent.`
    );
  return whyUnsendable(template.components);
}

const reasons: Record<string, string> = {
  ABUSIVE_CONTENT:
    'WhatsApp found content that its rules forbid. Take it out and hand the template in again.',
  INCORRECT_CATEGORY:
    'It was handed in under another category than WhatsApp reads in it. Choose that category, mostly Marketing.',
  INVALID_FORMAT:
    'Its form is wrong: too little text around a variable, an example that does not fit, or signs that are not allowed there.',
  PROMOTIONAL: 'It advertises, and its category does not allow that. Choose Marketing.',
  SCAM: 'WhatsApp takes it for fraud. Say plainly who writes and why, and leave out what asks for personal data.',
  TAG_CONTENT_MISMATCH: 'Its text does not fit its language or category. Correct whichever is wrong.',
  FIRST_PAUSE: 'Many people blocked or reported it. The first pause lasts 3 hours.',
  SECOND_PAUSE:
    'Again many people blocked or reported it. The second pause lasts 6 hours; the next time it is disabled.',
  DISABLED: 'People went on blocking or reporting it after two pauses.',
};

/** The platform's word for why, with what it means; null: it gave none. */
export function reasonOf(code: string | null): { code: string; words: string } | null {
  if (code === null || code === '' || code === 'NONE') return null;
  return { code, words: reasons[code] ?? code };
}

/** What of a template counts as the same: the address of its sample changes with every look. */
export function isSameContent(a: TemplateComponent[], b: TemplateComponent[]): boolean {
  return canonical(a) === canonical(b);
}
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (key === 'header_handle') return undefined;
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}
