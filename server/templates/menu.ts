// The variables that the composer offers, with what each looks like and the text to insert.
import { z } from 'zod';
import type { Ctx } from '../platform/context.ts';
import { knownAttributes } from './attributes.ts';

export const templateVariable = z
  .object({
    name: z.string(),
    label: z.string(),
    example: z.string().nullable(),
    snippet: z.string().meta({ description: 'What to put into the text' }),
  })
  .meta({ id: 'TemplateVariable' });
export type TemplateVariable = z.infer<typeof templateVariable>;

const contactVariables: [name: string, label: string, example: string, fallback: string | null][] = [
  ['contact.first_name', 'First name', 'Ann', 'there'],
  ['contact.last_name', 'Last name', 'Lee', null],
  ['contact.full_name', 'Full name', 'Ann Lee', 'there'],
  ['contact.email', 'Email', 'ann@example.com', null],
  ['contact.phone', 'Phone', '+442079460018', null],
  ['contact.language', 'Language', 'en', null],
  ['contact.time_zone', 'Time zone', 'Europe/London', null],
  ['contact.external_id', 'Customer number', '1001', null],
  ['contact.tags', 'Tags', 'vip, newsletter', null],
];

export async function variableMenu(ctx: Ctx): Promise<TemplateVariable[]> {
  const [workspace, attributes] = await Promise.all([
    ctx.db
      .selectFrom('workspaces')
      .select('name')
      .where('id', '=', ctx.actor.workspaceId)
      .executeTakeFirstOrThrow(),
    knownAttributes(ctx),
  ]);
  return [
    ...contactVariables.map(([name, label, example, fallback]) => ({
      name,
      label,
      example,
      snippet: snippet(name, fallback),
    })),
    ...[...attributes].map(([name, example]) => ({
      name: `contact.attributes.${name}`,
      label: name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase()),
      example:
        example === null
          ? null
          : (Array.isArray(example) ? example.join(', ') : String(example)).slice(0, 80),
      snippet: snippet(`contact.attributes.${name}`, null),
    })),
    {
      name: 'workspace.name',
      label: 'Your shop',
      example: workspace.name,
      snippet: snippet('workspace.name', null),
    },
    {
      name: 'connection.name',
      label: 'Name of the bot',
      example: null,
      snippet: snippet('connection.name', null),
    },
    {
      name: 'connection.username',
      label: 'Username of the bot',
      example: null,
      snippet: snippet('connection.username', null),
    },
  ];
}

/** A person may have no name: the snippet of a name brings its default along. */
function snippet(name: string, fallback: string | null): string {
  return fallback ? `{{ ${name} | default: "${fallback}" }}` : `{{ ${name} }}`;
}
