// A template as a person writes it, before WhatsApp has seen it, and all that WhatsApp would refuse at once. Pure: the panel
// shows a problem beside its field while typing, the server refuses it before the platform is asked. Rules and limits: Cloud
// API, message templates, 2026-11-20; the few that Meta does not publish name their source.
import { z } from 'zod';
import type { FieldProblem } from './errors.ts';
import { wireId } from './ids.ts';
import { readVersion } from './lists.ts';
import { keysIn, variablePattern } from './whatsapp-templates.ts';

export const templateLimits = {
  name: 512,
  header: 60,
  body: 1024,
  footer: 60,
  buttons: 10,
  buttonText: 25,
  urlButtons: 2,
  phoneButtons: 1,
  copyCodes: 1,
  url: 2000,
  phone: 20,
  code: 15,
} as const;

const example = z.string().trim().max(200, 'At most 200 characters.');
const label = z.string().trim().max(200);
const draftHeader = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string().trim().max(2000),
    example: example.default('').meta({ description: 'What stands for its variable when it is judged' }),
  }),
  z.strictObject({
    kind: z.enum(['image', 'video', 'document']),
    media_id: wireId('med').nullable().meta({ description: 'A sample, by which the template is judged' }),
  }),
]);
export const draftButton = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('quick_reply'), text: label }),
  z.strictObject({
    kind: z.literal('url'),
    text: label,
    url: z
      .string()
      .trim()
      .max(4000)
      .meta({ description: 'One variable at its end is fine: https://shop.example/{{1}}' }),
    example: example.default('').meta({ description: 'What stands for its variable' }),
  }),
  z.strictObject({ kind: z.literal('phone'), text: label, phone_number: z.string().trim().max(40) }),
  z.strictObject({ kind: z.literal('copy_code'), example: z.string().trim().max(100) }),
]);
export type DraftButton = z.infer<typeof draftButton>;

const draftParts = {
  header: draftHeader.nullable(),
  body: z.strictObject({
    text: z.string().trim().max(5000),
    examples: z
      .record(z.string().max(60), example)
      .default({})
      .meta({ description: 'By variable: { "1": "Ann" }' }),
  }),
  footer: z.string().trim().max(500).nullable(),
  buttons: z.array(draftButton).max(50),
};
const writable = z.enum(
  ['MARKETING', 'UTILITY'],
  'Choose MARKETING or UTILITY. Templates for one-time codes (AUTHENTICATION) are made in the WhatsApp Manager.',
);

export const whatsappTemplateCreate = z.strictObject({
  connection_id: wireId('con'),
  name: z.string().trim().max(2000),
  language: z
    .string()
    .trim()
    .regex(/^[a-z]{2,3}(_[A-Z]{2,4})?$/, 'Write the language as WhatsApp does: en, en_US, pt_BR.'),
  category: writable,
  header: draftParts.header.default(null),
  body: draftParts.body,
  footer: draftParts.footer.default(null),
  buttons: draftParts.buttons.default([]),
});
export type WhatsAppTemplateCreate = z.infer<typeof whatsappTemplateCreate>;
/** Name and language stay what they were approved as; parts that are left out stay as they are. */
export const whatsappTemplatePatch = z
  .strictObject({ category: writable, ...draftParts, version: readVersion })
  .partial();
export type WhatsAppTemplatePatch = z.infer<typeof whatsappTemplatePatch>;
export type TemplateDraft = Pick<WhatsAppTemplateCreate, 'header' | 'body' | 'footer' | 'buttons'>;

/** Everything that WhatsApp would refuse at once, with a pointer into the request. */
export function draftProblems(draft: TemplateDraft & { name?: string }): FieldProblem[] {
  return [
    ...(draft.name === undefined ? [] : nameProblems(draft.name)),
    ...headerProblems(draft.header),
    ...bodyProblems(draft.body),
    ...footerProblems(draft.footer),
    ...buttonsProblems(draft.buttons),
  ];
}

/** All that is wrong of it, as [words, whether it is so]. */
type Rule = [detail: string, isBroken: boolean];
const broken = (pointer: string, rules: Rule[]): FieldProblem[] =>
  rules.flatMap(([detail, isBroken]) => (isBroken ? [{ pointer, detail }] : []));
const lengthOf = (text: string) => [...text].length;
const tooLong = (text: string, most: number): Rule => [
  `At most ${most} characters, this has ${lengthOf(text)}.`,
  lengthOf(text) > most,
];

function nameProblems(name: string): FieldProblem[] {
  return broken('/name', [
    ['Give the template a name, like spring_sale.', name === ''],
    [
      'Only small letters a to z, digits and underscores: spring_sale.',
      name !== '' && !/^[a-z0-9_]+$/.test(name),
    ],
    tooLong(name, templateLimits.name),
  ]);
}

const emoji = /\p{Extended_Pictographic}/u;
const marks = /[*_~`]/;
function headerProblems(header: TemplateDraft['header']): FieldProblem[] {
  if (!header) return [];
  if (header.kind !== 'text')
    return broken('/header/media_id', [
      [`Choose a sample ${header.kind}: WhatsApp judges the template by it.`, header.media_id === null],
    ]);
  const { text } = header;
  const keys = keysIn(text);
  const plain = text.replace(variablePattern, '');
  return [
    ...broken('/header/text', [
      ['Write the header, or choose “None”.', text === ''],
      tooLong(text, templateLimits.header),
      ['A header holds at most one variable.', keys.length > 1],
      ...variableRules(text, keys),
      [
        'A header takes no new lines, emoji or formatting marks (* _ ~ `).',
        /\n/.test(text) || emoji.test(plain) || marks.test(plain),
      ],
    ]),
    ...broken('/header/example', exampleRules(keys[0], header.example)),
  ];
}

/** What surrounds a variable at an edge does not count as text: "… gate {{2}}." still ends with it. */
const startsWithOne = /^[^\p{L}\p{N}{]*\{\{\s*\w+\s*\}\}/u;
const endsWithOne = /\{\{\s*\w+\s*\}\}[^\p{L}\p{N}}]*$/u;
const neighbours = /\}\}\s*\{\{/;
function bodyProblems({ text, examples }: TemplateDraft['body']): FieldProblem[] {
  const keys = keysIn(text);
  const wordsNeeded = 2 * keys.length + 1;
  const words = countWords(text.replace(variablePattern, ' '));
  return [
    ...broken('/body/text', [
      ['Write what the message says.', text === ''],
      tooLong(text, templateLimits.body),
      ...variableRules(text, keys),
      ['A variable cannot be the first thing: write a word before it.', startsWithOne.test(text)],
      ['A variable cannot be the last thing: write a word after it.', endsWithOne.test(text)],
      ['Two variables cannot stand side by side: write a word between them.', neighbours.test(text)],
      // not published by Meta; found alike by several providers (error 2388293), 2026-11-21
      [
        `Too few words for ${keys.length} ${keys.length === 1 ? 'variable' : 'variables'}: WhatsApp wants at least ${wordsNeeded} words beside them, this has ${words}.`,
        keys.length > 0 && words < wordsNeeded,
      ],
      [
        'No tabs, no empty lines side by side, no more than four blanks in a row.',
        /\n{3}|\t| {5}/.test(text),
      ],
    ]),
    ...keys.flatMap((key) => broken(`/body/examples/${key}`, exampleRules(key, examples[key] ?? ''))),
    ...Object.keys(examples)
      .filter((key) => !keys.includes(key))
      .map((key) => ({
        pointer: `/body/examples/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        detail: `The text has no variable {{${key}}}.`,
      })),
  ];
}

/** Where words are not parted by blanks, each character of the script counts as much as a word. */
function countWords(text: string): number {
  const parted = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  const signs = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu);
  return Math.max(parted, signs?.length ?? 0);
}

function variableRules(text: string, keys: string[]): Rule[] {
  const numbered = keys.filter((key) => /^\d+$/.test(key));
  const named = keys.filter((key) => !/^\d+$/.test(key));
  const rest = text.replace(variablePattern, '');
  return [
    ['A variable is written {{1}} or {{first_name}}: these braces hold something else.', /[{}]/.test(rest)],
    ['Number all variables or name all of them.', numbered.length > 0 && named.length > 0],
    [
      'Number the variables from {{1}} on, without a gap.',
      numbered.some((key, at) => key !== String(at + 1)),
    ],
    [
      'A variable’s name has small letters, digits and underscores, and begins with a letter.',
      named.some((key) => !/^[a-z][a-z0-9_]*$/.test(key)),
    ],
  ];
}

function exampleRules(key: string | undefined, given: string): Rule[] {
  if (key === undefined) return [];
  return [
    [`Give an example for {{${key}}}: WhatsApp judges the template by it.`, given === ''],
    ['An example cannot hold a variable.', /\{\{|\}\}/.test(given)],
    ['An example stands on one line.', /\n/.test(given)],
  ];
}

function footerProblems(footer: string | null): FieldProblem[] {
  if (footer === null) return [];
  return broken('/footer', [
    ['Write the footer, or leave it out.', footer === ''],
    tooLong(footer, templateLimits.footer),
    ['A footer holds no variables.', /[{}]/.test(footer)],
    ['A footer stands on one line.', /\n/.test(footer)],
  ]);
}

function buttonsProblems(buttons: DraftButton[]): FieldProblem[] {
  const count = (kind: DraftButton['kind']) => buttons.filter((one) => one.kind === kind).length;
  const isReply = buttons.map(({ kind }) => kind === 'quick_reply');
  const changes = isReply.filter((reply, at) => at > 0 && reply !== isReply[at - 1]).length;
  return [
    ...broken('/buttons', [
      [`At most ${templateLimits.buttons} buttons.`, buttons.length > templateLimits.buttons],
      [
        `At most ${templateLimits.urlButtons} buttons with an address.`,
        count('url') > templateLimits.urlButtons,
      ],
      ['At most one button that calls a number.', count('phone') > templateLimits.phoneButtons],
      ['At most one button that copies a code.', count('copy_code') > templateLimits.copyCodes],
      [
        'Keep quick replies together: first all of them, then the others, or the other way round.',
        changes > 1,
      ],
    ]),
    ...buttons.flatMap((button, at) => buttonProblems(button, `/buttons/${at}`, buttons.slice(0, at))),
  ];
}

function buttonProblems(button: DraftButton, at: string, before: DraftButton[]): FieldProblem[] {
  if (button.kind === 'copy_code')
    return broken(`${at}/example`, [
      ['Give an example of the code, like 25OFF.', button.example === ''],
      tooLong(button.example, templateLimits.code),
    ]);
  const { text } = button;
  const problems = broken(`${at}/text`, [
    ['A button needs a text.', text === ''],
    tooLong(text, templateLimits.buttonText),
    ['The text of a button holds no variables.', /[{}]/.test(text)],
    ['The text of a button stands on one line.', /\n/.test(text)],
    ['Another button has this text already.', text !== '' && before.some((one) => textOf(one) === text)],
  ]);
  if (button.kind === 'url') problems.push(...addressProblems(button, at));
  if (button.kind === 'phone')
    problems.push(
      ...broken(`${at}/phone_number`, [
        [
          'Write the number with its country code, like +14155550123.',
          !/^\+?[1-9]\d{4,18}$/.test(button.phone_number),
        ],
      ]),
    );
  return problems;
}
const textOf = (button: DraftButton) => (button.kind === 'copy_code' ? null : button.text);

function addressProblems(button: Extract<DraftButton, { kind: 'url' }>, at: string): FieldProblem[] {
  const { url } = button;
  const keys = keysIn(url);
  const isAddress =
    /^https?:\/\/[^\s{}/]+\.[^\s{}/]+/i.test(url) && URL.canParse(url.replace(variablePattern, 'x'));
  const isWhatsApp = /^https?:\/\/(\w+\.)?(wa\.me|whatsapp\.com)(\/|$)/i.test(url);
  return [
    ...broken(`${at}/url`, [
      ['Write a full address, like https://shop.example/sale.', !isAddress],
      tooLong(url, templateLimits.url),
      ['WhatsApp refuses addresses that lead back to WhatsApp.', isWhatsApp],
      [
        'An address holds one variable at most, written {{1}}, and nothing after it.',
        keys.length > 0 && !/^[^{}]*\{\{\s*1\s*\}\}$/.test(url),
      ],
    ]),
    ...broken(`${at}/example`, exampleRules(keys[0], button.example)),
  ];
}
