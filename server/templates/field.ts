// One templated field of a message (the text, a button's text or address), parsed once.
import type { CampaignKind } from '../../contract/campaigns.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import { AppError } from '../platform/errors.ts';
import { withoutInsertMarks, withoutReadyMarks } from './inserted.ts';
import { engine, faultOf, parseTemplate, renderTemplate, TemplateFault, TooMuchOutput } from './liquid.ts';
import { checkVariables } from './variables.ts';

export interface Field {
  pointer: string;
  personal: boolean;
  /** What it reads of a contact: "first_name", "attributes.city". */
  values: string[];
  /** It reads the cart or order that the message is about. */
  readsShop: boolean;
  /** Liquid's output with inserted values still marked. Throws AppError TEMPLATE_INVALID, CONTENT_TOO_LONG. */
  render(scope: object): string;
  /** The same for places that know no marks. */
  renderPlain(scope: object): string;
}

/** What is wrong goes into `problems`, so that one look shows every wrong field. `kind` null: as in checkVariables. */
export function compileField(
  source: string,
  pointer: string,
  problems: FieldProblem[],
  kind: CampaignKind | null = null,
): Field {
  const constant = (text: string): Field => ({
    pointer,
    personal: false,
    values: [],
    readsShop: false,
    render: () => text,
    renderPlain: () => text,
  });
  if (!source.includes('{{') && !source.includes('{%')) return constant(withoutInsertMarks(source));
  try {
    const templates = parseTemplate(source);
    const {
      values,
      reads,
      readsShop,
      problems: found,
    } = faultOf(() => checkVariables(engine, templates, kind));
    problems.push(...found.map((detail) => ({ pointer, detail })));
    const render = (scope: object) => withPointer(pointer, () => renderTemplate(templates, scope));
    return {
      pointer,
      personal: reads,
      values,
      readsShop,
      render,
      renderPlain: readsShop ? (scope) => render(withoutReadyMarks(scope)) : render,
    };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    problems.push({ pointer, detail: error.message });
    return constant('');
  }
}

function withPointer<T>(pointer: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const code = error instanceof TooMuchOutput ? 'CONTENT_TOO_LONG' : 'TEMPLATE_INVALID';
    throw new AppError(code, error.message, { errors: [{ pointer, detail: error.message }] });
  }
}
