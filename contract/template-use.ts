// How a template is filled: which one, and what stands in its places.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText } from './lists.ts';
import { placeName } from './template-places.ts';

/** Lower-case letters, digits and underscores: written {{ like_this }} in the text. */
export const variableName = z
  .string()
  .regex(
    new RegExp(`^${placeName.source}$`),
    'Write small letters, digits and _, beginning with a letter: discount_code.',
  );

/** What a person types for one variable: one line, at most 500 characters. */
const value = z.union([
  humanText(500).refine((text) => !/[\n\r\u2028\u2029]/.test(text), { error: 'Write it on one line.' }),
  z.number().transform(String),
]);
/** Which names there are, the template says: it refuses another one by naming its own. */
export const templateValues = z
  .record(humanText(60), value)
  .refine((values) => Object.keys(values).length <= 20, { error: 'A template has at most 20 variables.' });

export const libraryKey = z.string().regex(/^[a-z_]{1,40}$/, 'Take a key of GET /templates/library.');

/** Either one of your own templates or one of the library. */
export const templateUse = z
  .strictObject({
    template_id: wireId('tpl').optional(),
    library_key: libraryKey.optional(),
    values: templateValues.default({}),
  })
  .refine((given) => (given.template_id === undefined) !== (given.library_key === undefined), {
    error: 'Send either template_id or library_key.',
  });
export type TemplateUse = z.infer<typeof templateUse>;
