// The one Liquid engine: what people write in a message must not reach files or other people's data, must not
// run or grow long, and must say what is wrong in words. Values come out marked as inserted (inserted.ts).
import { CaptureTag, Context, type Emitter, ForTag, Liquid, type Template, toValueSync } from 'liquidjs';
import { maxTemplateLength, textLimits } from '../../contract/message.ts';
import { dateFilter, type FilterHandler } from './date-filter.ts';
import { insert, withoutInsertMarks } from './inserted.ts';
import { nearest } from './variables.ts';

const tags = ['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'capture', 'comment', '#', 'raw'];
// biome-ignore format: one group per line
const filters = [
  'abs', 'at_least', 'at_most', 'ceil', 'divided_by', 'floor', 'minus', 'modulo', 'plus', 'round', 'times', 'to_integer',
  'append', 'capitalize', 'downcase', 'lstrip', 'prepend', 'remove', 'remove_first', 'remove_last', 'replace', 'replace_first',
  'replace_last', 'rstrip', 'slice', 'split', 'squish', 'strip', 'strip_newlines', 'truncate', 'truncatewords', 'upcase',
  'array_to_sentence_string', 'compact', 'concat', 'first', 'join', 'last', 'map', 'reverse', 'size', 'sort', 'sort_natural',
  'sum', 'uniq', 'where',
  'date', 'default', 'number_of_words',
];
/** Filters that people bring from shop templates and that would do harm here. */
const needless: Record<string, string> = {
  raw: 'values are always inserted as plain text',
  escape: 'values are escaped by themselves',
  escape_once: 'values are escaped by themselves',
  url_encode: 'values in an address are encoded by themselves',
  newline_to_br: 'line breaks stay as they are',
};

/** Characters a field may come out with, four times what any platform shows: nothing longer reaches the parsers behind. */
export const maxRenderedLength = 4 * Math.max(...Object.values(textLimits).map(({ text }) => text));

/** Collects what is written as long as `charge` lets it: raw text costs Liquid's own limits nothing. */
class CountedOutput implements Emitter {
  buffer = '';
  readonly #charge: (characters: number) => void;
  constructor(charge: (characters: number) => void) {
    this.#charge = charge;
  }
  /** What arrives is text: every `{{ }}` has gone through `insert`. */
  write(html: unknown): void {
    const text = String(html);
    this.#charge(text.length);
    this.buffer += text;
  }
}

/** A captured text is a value like any other: `size` and `truncate` must not see the marks around what was inserted. */
class PlainCapture extends CaptureTag {
  override *render(ctx: Context): Generator<unknown, void, string> {
    const output = new CountedOutput((characters) => ctx.memoryLimit.use(characters));
    const text = yield this.liquid.renderer.renderTemplates(this.templates, ctx, output);
    const scope = ctx.bottom() as Record<string, unknown>;
    scope[this.variable] = withoutInsertMarks(text);
  }
}

/** A turn of any loop, apart from the length of what is repeated: loops are refused by count, alike on every machine. */
const costOfTurn = 20;
class CountedFor extends ForTag {
  constructor(...args: ConstructorParameters<typeof ForTag>) {
    super(...args);
    const begin = this.token.end;
    const cost = costOfTurn + Math.max(0, (this.templates.at(-1)?.token.end ?? begin) - begin);
    this.templates.unshift({
      token: this.token,
      // biome-ignore lint/correctness/useYield: the interface asks for a generator, counting has nothing to wait for
      *render(ctx: Context) {
        ctx.memoryLimit.use(cost);
      },
    } as Template);
  }
}

/**
 * Liquid charges `replace` for what comes out and `concat` for elements: taking everything away was free, and so was a list of
 * the same long text over and over.
 */
function charged(filter: FilterHandler): FilterHandler {
  return function (value, ...args) {
    for (const one of [value, ...args]) this.context.memoryLimit.use(lengthOf(one));
    return filter.call(this, value, ...args);
  };
}
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + lengthOf(one), 0);
  return typeof value === 'string' ? value.length : 0;
}

export const engine = createEngine();

function createEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: maxTemplateLength,
    // of one message, all its fields together (asOneMessage); in milliseconds: the last resort, generous because a pause of the
    // process counts too
    renderLimit: 1000,
    // characters joined and captured, numbers counted, and for each turn of a loop `costOfTurn` and what it repeats
    memoryLimit: 100_000,
    timezoneOffset: 0,
    preserveTimezones: true,
    locale: 'en',
    templates: {},
    outputEscape: insert,
  });
  for (const name of Object.keys(liquid.tags)) if (!tags.includes(name)) delete liquid.tags[name];
  for (const name of Object.keys(liquid.filters)) if (!filters.includes(name)) delete liquid.filters[name];
  liquid.registerFilter('date', dateFilter);
  for (const name of ['replace', 'concat'])
    liquid.registerFilter(name, charged(liquid.filters[name] as FilterHandler));
  liquid.registerTag('capture', PlainCapture);
  liquid.registerTag('for', CountedFor);
  return liquid;
}

/** Far more than any message needs. Liquid reads the text from its beginning for the line of each, so they must be few. */
const mostTags = 500;

/** Throws TemplateFault. */
export function parseTemplate(source: string): Template[] {
  const tagCount = source.split(/\{[{%]/).length - 1;
  if (tagCount > mostTags)
    throw new TemplateFault(
      `There are ${tagCount.toLocaleString('en')} variables and tags here, and at most ${mostTags} in one text. Remove some.`,
    );
  return faultOf(() => engine.parse(withoutInsertMarks(source)));
}

let spent: Pick<Context, 'memoryLimit' | 'renderLimit'> | null = null;
/** What is rendered within `work` may cost together what one text may: a message has as many fields as one likes. */
export function asOneMessage<T>(work: () => T): T {
  if (spent) return work();
  spent = new Context({}, engine.options, { sync: true }, { liquid: engine });
  try {
    return work();
  } finally {
    spent = null;
  }
}

/** Rendered text with inserted values still marked, at most `maxRenderedLength`. Throws TemplateFault. */
export function renderTemplate(templates: Template[], scope: object): string {
  let rest = maxRenderedLength;
  const output = new CountedOutput((characters) => {
    rest -= characters;
    if (rest < 0) throw new TooMuchOutput();
  });
  const limits = spent && { memoryLimit: spent.memoryLimit, renderLimit: spent.renderLimit };
  const ctx = new Context(scope, engine.options, { sync: true }, { ...limits, liquid: engine });
  try {
    return faultOf(() => toValueSync(engine.renderer.renderTemplates(templates, ctx, output)));
  } catch (error) {
    throw rest < 0 ? new TooMuchOutput() : error;
  }
}

/** Whatever Liquid throws over a template is the template's fault, a stack that ran over included. */
export function faultOf<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new TemplateFault(describe(error));
  }
}

/** What is wrong with a template, in words that begin with the line. */
export class TemplateFault extends Error {}
/** It came out longer than anything that could be sent: not wrong, but too long. */
export class TooMuchOutput extends TemplateFault {
  constructor() {
    super(
      `The text grows to more than ${maxRenderedLength.toLocaleString('en')} characters once its loops and values are filled in. Shorten them.`,
    );
  }
}

function describe(thrown: unknown): string {
  const error = thrown as Error & { originalError?: Error; token?: { getPosition?(): [number, number] } };
  const row = error.token?.getPosition?.()[0];
  const said = (error.originalError?.message ?? error.message)
    .replace(/, line:\d+, col:\d+$/, '')
    // a fault is logged and shown: it quotes the place, not the message
    .replace(/[^\s"]{40,}/g, (word) => `${word.slice(0, 40)}…`);
  return `${row ? `Line ${row}: ` : ''}${inWords(said)}`;
}

function inWords(said: string): string {
  const filter = /^undefined filter: (.*)$/s.exec(said)?.[1];
  if (filter !== undefined) {
    const reason = needless[filter];
    if (reason) return `the filter "${filter}" is not needed: ${reason}. Remove it.`;
    const near = nearest(filter, filters);
    return `there is no filter "${filter}". ${near ? `Did you mean "${near}"?` : 'Use one like default, upcase or date.'}`;
  }
  const tag = /^tag "(.*)" not found$/s.exec(said)?.[1];
  if (tag?.startsWith('end') || tag === 'else' || tag === 'elsif')
    return `{% ${tag} %} has no beginning. Remove it or write the {% if … %} or {% for … %} before it.`;
  if (tag !== undefined) return `there is no tag {% ${tag} %}. Possible are ${tags.slice(0, 8).join(', ')}.`;
  const unclosed = /^(?:tag|output) "?(.*?)"? not closed$/s.exec(said)?.[1];
  if (unclosed?.startsWith('{{')) return 'a variable is not closed. End it with }}.';
  if (unclosed && !unclosed.endsWith('%}')) return 'a tag is not closed. End it with %}.';
  if (unclosed) return `${unclosed} is never ended. Add its {% end… %}.`;
  if (/limit exceeded|call stack/.test(said))
    return 'the template takes too long or is nested too deeply. Shorten its loops.';
  if (said.startsWith('invalid value expression'))
    return 'the braces hold no variable. Write one like {{ contact.first_name }}.';
  return `${said}. Check the braces, names and quotes there.`;
}
