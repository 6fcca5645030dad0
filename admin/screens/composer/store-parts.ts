// One field that the server refuses must not keep the others from being stored: it is left out, and named.
import type { Campaign } from '../../../contract/campaigns.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { ApiProblem } from '../../api.ts';
import { type Draft, type DraftPatch, sameValue } from './draft.ts';

export interface Stored {
  /** Null: nothing was left that could be stored. */
  saved: Campaign | null;
  /** Why the rest was not, with every field that was refused; null: all is stored. */
  refused: ApiProblem | null;
}

/**
 * Sends a patch; where fields of it are refused, once more without them. Throws what is no matter of single fields: no answer,
 * a version that is older by now, a right that is missing.
 */
export async function storeParts(
  patch: DraftPatch,
  stored: Draft,
  send: (patch: DraftPatch) => Promise<Campaign>,
): Promise<Stored> {
  const errors: FieldProblem[] = [];
  let refused: ApiProblem | null = null;
  for (let rest = patch; ; ) {
    if (Object.keys(rest).length === 0) return { saved: null, refused };
    try {
      return { saved: await send(rest), refused };
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.status !== 422) throw problem;
      const less = withoutFields(rest, problem.errors, stored);
      // it points at something that was not sent: leaving more out would not help
      if (less === rest) throw problem;
      errors.push(...problem.errors);
      refused = new ApiProblem({ status: problem.status, detail: problem.detail, errors }, problem.reference);
      rest = less;
    }
  }
}

/** The patch less what the problems point at; the same patch where they point at nothing in it. */
function withoutFields(patch: DraftPatch, problems: FieldProblem[], stored: Draft): DraftPatch {
  let rest = patch;
  for (const { pointer } of problems) rest = without(rest, pointer, stored);
  return rest;
}

/** Of settings and content that part stays as it is stored, else the field goes. */
function without(patch: DraftPatch, pointer: string, stored: Draft): DraftPatch {
  const [, name = '', part = ''] = pointer.split('/');
  if (!Object.hasOwn(patch, name)) return patch;
  const { [name as keyof DraftPatch]: field, ...less } = patch;
  if (name !== 'settings' && name !== 'content') return less;
  const sent = field as Record<string, unknown>;
  const before = stored[name] as unknown as Record<string, unknown>;
  if (!Object.hasOwn(before, part) || sameValue(sent[part], before[part])) return less;
  return { ...less, [name]: { ...sent, [part]: before[part] } };
}
