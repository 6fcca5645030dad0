// What a phone says instead of the message.
import type { FieldProblem } from '../../../../contract/errors.ts';

interface Given {
  /** Nothing was written yet. */
  blank: boolean;
  problems: FieldProblem[];
  /** The server has answered what this message looks like. */
  drawn: boolean;
  /** It could not be asked. */
  failed: boolean;
}

/** Undefined: the message is there, or nothing was written that could be. */
export function missingWords({ blank, problems, drawn, failed }: Given): string | undefined {
  if (blank) return undefined;
  if (!drawn) return failed ? 'Not shown: the preview could not be drawn' : 'The preview is being drawn';
  if (problems.length === 0) return undefined;
  const isOf = (part: string) => (problem: FieldProblem) => problem.pointer.startsWith(`/content/${part}`);
  const isUnfilled =
    problems.some(isOf('whatsapp/template')) &&
    problems.every((one) => isOf('whatsapp/template')(one) || isOf('media')(one));
  return isUnfilled
    ? 'Fill in what the template needs to see it'
    : 'Correct the marked field to see the message';
}
