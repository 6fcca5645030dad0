// Templates: messages with places to fill, kept with all their versions, and the library that comes with Carillon.
import { z } from 'zod';
import { campaignType } from './campaigns.ts';
import { wireId } from './ids.ts';
import { humanText, pageQuery, readVersion, timestamp } from './lists.ts';
import { content, contentInput } from './message.ts';
import { purpose } from './pressure.ts';
import { variableName } from './template-use.ts';

export const templateCategory = z.enum(['promotional', 'engagement', 'transactional', 'own']);
export type TemplateCategory = z.infer<typeof templateCategory>;
export const variableType = z.enum(['text', 'number', 'date', 'time', 'url']);
export type VariableType = z.infer<typeof variableType>;

/** A place in the text. Without a value it takes its default; without that, and required, the template cannot be used. */
export const templatePlace = z
  .object({
    name: variableName,
    label: humanText(60, 1),
    type: variableType.default('text'),
    required: z.boolean().default(true),
    example: humanText(100).nullable().default(null),
    default: humanText(500).nullable().default(null),
  })
  .meta({ id: 'TemplatePlace' });
export type TemplatePlace = z.infer<typeof templatePlace>;

const shown = {
  name: z.string(),
  category: templateCategory,
  type: campaignType,
  purpose: purpose.meta({ description: 'What a campaign of it is for: "service" of transactional ones' }),
  content,
  variables: z.array(templatePlace),
};
export const libraryTemplate = z.object({ key: z.string(), ...shown }).meta({ id: 'LibraryTemplate' });
export type LibraryTemplate = z.infer<typeof libraryTemplate>;
export const template = z
  .object({
    id: wireId('tpl'),
    ...shown,
    version: z.number().int(),
    archived: z.boolean(),
    created_at: timestamp,
    updated_at: timestamp,
    by: z.string().meta({ description: 'Who made this version' }),
    used_by: z.number().int().meta({ description: 'Campaigns that were made from it' }),
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof template>;
export const templateVersion = z
  .object({ version: z.number().int(), ...shown, by: z.string(), at: timestamp })
  .meta({ id: 'TemplateVersion' });
export type TemplateVersion = z.infer<typeof templateVersion>;

const given = {
  name: humanText(80, 1),
  category: templateCategory,
  type: campaignType,
  content: contentInput,
  variables: z.array(z.strictObject(templatePlace.shape)).max(20, 'A template has at most 20 variables.'),
};
export const templateCreate = z.strictObject({
  ...given,
  category: given.category.default('own'),
  type: given.type.default('promotional'),
  variables: given.variables.default([]),
});
export type TemplateCreate = z.infer<typeof templateCreate>;
export const templatePatch = z
  .strictObject({ ...given, archived: z.boolean(), version: readVersion })
  .partial();
export type TemplatePatch = z.infer<typeof templatePatch>;

export const templatesQuery = pageQuery.extend({
  search: humanText(100).optional().meta({ description: 'Part of the name' }),
  category: templateCategory.optional(),
  archived: z.stringbool().default(false),
});
export const filledTemplate = z
  .object({
    content,
    missing: z
      .array(z.string())
      .meta({ description: 'Required variables without a value: their label stands in the text instead' }),
  })
  .meta({ id: 'FilledTemplate' });
export type FilledTemplate = z.infer<typeof filledTemplate>;
