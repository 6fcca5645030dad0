// Declared attributes: what kind of value a name holds at every contact. A name that is not declared may hold anything.
import { z } from 'zod';
import { humanText, timestamp } from './lists.ts';
import { attributeType } from './rules.ts';

export const attributeName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'Attribute names are lower case letters, digits and _, and begin with a letter.',
  )
  .meta({ description: 'Name of an attribute', example: 'shoe_size' });
const description = humanText(300).nullable();

export const attributeDeclaration = z
  .object({ name: attributeName, type: attributeType, description, created_at: timestamp })
  .meta({ id: 'AttributeDeclaration' });
export type AttributeDeclaration = z.infer<typeof attributeDeclaration>;
export const attributeCreate = z.strictObject({
  name: attributeName,
  type: attributeType,
  description: description.optional(),
});
export type AttributeCreate = z.infer<typeof attributeCreate>;
export const attributePatch = z.strictObject({
  type: attributeType.optional(),
  description: description.optional(),
});
export type AttributePatch = z.infer<typeof attributePatch>;

/** What each type takes, for people. */
export const attributeWords = {
  text: 'a text, like "blue"',
  number: 'a number without quotation marks, like 42 or 3.5',
  boolean: 'true or false',
  date: 'a day like "2026-12-01", or a time like "2026-12-01T09:30:00Z"',
  list: 'a list of texts, like ["red", "blue"]',
} as const;
