// Does somebody ask for no more messages? Words and sentences in many languages, read by rules that are data
// (languages/). Pure. What is not certain is "unsure": a person decides, nothing is changed by a guess.
import { arabic } from './languages/arabic.ts';
import { dutch } from './languages/dutch.ts';
import { english } from './languages/english.ts';
import { french } from './languages/french.ts';
import { german } from './languages/german.ts';
import { hindi } from './languages/hindi.ts';
import { indonesian } from './languages/indonesian.ts';
import { italian } from './languages/italian.ts';
import { polish } from './languages/polish.ts';
import { portuguese } from './languages/portuguese.ts';
import { russian } from './languages/russian.ts';
import { spanish } from './languages/spanish.ts';
import { turkish } from './languages/turkish.ts';
import { ukrainian } from './languages/ukrainian.ts';
import { compile, matches, type Pattern } from './patterns.ts';
import type { LanguageRules } from './rules.ts';
import { fold, longTextLength, type Sentence, sentencesOf } from './words.ts';

export type Intent = 'opt_out' | 'unsure' | 'none';

interface Language {
  /** Two letters. */
  code: string;
  commands: Pattern[];
  plainCommands: Pattern[];
  optOut: Pattern[];
  opposite: Pattern[];
  doubtful: Pattern[];
  hints: Pattern[];
  conditions: ReadonlySet<string>;
  about: Pattern;
  against: Pattern;
  shopTalk: Pattern;
}

/** Opt-outs are short; a longer sentence with such words in it is about something else. */
const maxWordsOfHint = 12;

const rules: LanguageRules[] = [
  english, german, french, spanish, portuguese, italian, dutch, russian, ukrainian, turkish, polish, arabic, indonesian,
  hindi,
]; // biome-ignore format: one line of languages
/** Of all languages together: people write "stop, danke". */
const courtesies = new Set(rules.flatMap((one) => fold(one.courtesies).split(' ')));
const asClause = (text: string, one: LanguageRules) => compile(`^ ${text} $`, one.groups);
const anyOf = (words: string) => compile(words.split(' ').join('|'), {});
const languages: Language[] = rules.map((one) => {
  const compiled = (patterns: string[]) => patterns.map((pattern) => compile(pattern, one.groups));
  return {
    code: one.language,
    commands: one.commands.map((text) => asClause(text, one)),
    plainCommands: one.plainCommands.map((text) => asClause(text, one)),
    optOut: compiled(one.optOut),
    opposite: compiled(one.opposite),
    doubtful: compiled(one.doubtful),
    hints: compiled(one.hints),
    about: anyOf(one.about),
    against: anyOf(one.against),
    shopTalk: anyOf(one.shopTalk),
    conditions: new Set(fold(one.conditions).split(' ')),
  };
});
const commands = languages.flatMap((one) => one.commands);
const plainCommands = languages.flatMap((one) => one.plainCommands);

/** What a message says about wanting more of them. Any text: empty, of 100 kB, of any script. */
export function intentOf(text: string): Intent {
  const sentences = sentencesOf(text);
  if (isCommand(sentences)) return 'opt_out';
  const intents = sentences.map(intentOfSentence);
  // a letter that contains such a sentence is about more than that
  if (intents.includes('opt_out')) return text.length > longTextLength ? 'unsure' : 'opt_out';
  return intents.includes('unsure') ? 'unsure' : 'none';
}

/** The message is nothing but a command ("STOP!", "bitte abmelden"): no question to anybody, so the inbox can stay quiet. */
export const isOptOutCommand = (text: string): boolean => isCommand(sentencesOf(text));

/**
 * The languages a text was understood in as an opt-out, or as what may be one; several where they share the word, none where
 * nothing was understood.
 */
export function languagesOf(text: string): string[] {
  const sentences = sentencesOf(text);
  const whole = asOneClause(sentences);
  const codes = (understands: (language: Language) => boolean) =>
    languages.filter(understands).map(({ code }) => code);
  const commandsOf = (one: Language) => [...one.commands, ...one.plainCommands];
  const plainly = codes(
    (one) =>
      (whole !== null && hasAny(commandsOf(one), whole)) ||
      sentences.some((sentence) => hasAny(one.optOut, sentence)),
  );
  if (plainly.length > 0) return plainly;
  return codes((one) =>
    sentences.some((sentence) => hasAny(commandsOf(one), sentence) || intentIn(one, sentence) === 'unsure'),
  );
}

function isCommand(sentences: Sentence[]): boolean {
  const whole = asOneClause(sentences);
  return whole !== null && (hasAny(commands, whole) || hasAny(plainCommands, whole));
}

/** A short message is one clause for commands, however it is punctuated: "Stop. Danke." Null: it is none. */
function asOneClause(sentences: Sentence[]): Sentence | null {
  const words = sentences.flatMap((sentence) => sentence.words);
  if (words.length === 0 || words.length > 12) return null;
  return { words, clause: words.map(() => 0) };
}

function intentOfSentence(sentence: Sentence): Intent {
  const found = languages.map((language) => intentIn(language, sentence));
  const isOpposite = found.includes('opposite');
  if (found.includes('opt_out') || hasAny(plainCommands, sentence)) return isOpposite ? 'unsure' : 'opt_out';
  if (found.includes('unsure') && !isOpposite) return 'unsure';
  return !isOpposite && hasAny(commands, sentence) ? 'unsure' : 'none';
}

function intentIn(language: Language, sentence: Sentence): Intent | 'opposite' {
  if (hasAny(language.opposite, sentence)) return 'opposite';
  if (hasAny(language.doubtful, sentence)) return 'unsure';
  if (hasAny(language.optOut, sentence))
    return sentence.words.some((word) => language.conditions.has(word)) ? 'unsure' : 'opt_out';
  return hasAny(language.hints, sentence) || soundsLikeIt(language, sentence) ? 'unsure' : 'none';
}

/** A short sentence about messages with a no in it: what no pattern knows is asked, not overlooked. */
function soundsLikeIt({ about, against, shopTalk }: Language, sentence: Sentence): boolean {
  if (sentence.words.length > maxWordsOfHint) return false;
  return hasAny([about], sentence) && hasAny([against], sentence) && !hasAny([shopTalk], sentence);
}

const hasAny = (patterns: Pattern[], sentence: Sentence) =>
  patterns.some((pattern) => matches(pattern, sentence, courtesies));
