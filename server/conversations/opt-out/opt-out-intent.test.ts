// The corpus is the test. Its figures by language stand in the message of a failure, and with OPT_OUT_REPORT=1 on the
// console. Rules were made until the corpus was understood, so its figures flatter. held-out.json was written afterwards
// and no rule was made for it: its figures say what to expect of sentences nobody has thought of.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import corpus from './corpus.json' with { type: 'json' };
import heldOut from './held-out.json' with { type: 'json' };
import { type Intent, intentOf, isOptOutCommand } from './opt-out-intent.ts';
import { longTextLength } from './words.ts';

type Corpus = Record<string, Record<Intent, string[]>>;
const intents = ['opt_out', 'unsure', 'none'] as const;

/** Expected → found → sentences, each with its language. */
function figures(sentences: Corpus) {
  const all = Object.entries(sentences).flatMap(([language, of]) =>
    intents.flatMap((expected) =>
      of[expected].map((text) => ({ language, expected, text, found: intentOf(text) })),
    ),
  );
  const those = (expected: Intent, ...found: Intent[]) =>
    all.filter((one) => one.expected === expected && found.includes(one.found));
  const share = (part: unknown[], expected: Intent) =>
    part.length / those(expected, 'opt_out', 'unsure', 'none').length;
  const listed = (part: typeof all) =>
    part.map((one) => `  ${one.language}: ${one.text} (${one.found})`).join('\n');
  const falseOptOuts = those('none', 'opt_out');
  const missed = those('opt_out', 'none');
  const asked = those('opt_out', 'unsure');
  const askedForNothing = those('none', 'unsure');
  const guessed = those('unsure', 'opt_out');
  const overlooked = those('unsure', 'none');
  const perLanguage = Object.keys(sentences).map((language) => {
    const of = (part: typeof all) => part.filter((one) => one.language === language).length;
    return `  ${language}: ${of(all)} sentences, false opt-outs ${of(falseOptOuts)}, missed ${of(missed)}, asked instead ${of(asked)}, asked for nothing ${of(askedForNothing)}`;
  });
  const report = [
    `${all.length} sentences`,
    ...perLanguage,
    `false opt-outs ${falseOptOuts.length}`,
    listed(falseOptOuts),
    `missed ${missed.length}`,
    listed(missed),
    `asked instead of opted out ${asked.length}`,
    listed(asked),
    `asked for nothing ${askedForNothing.length}`,
    listed(askedForNothing),
    `doubtful, taken as opt-out ${guessed.length}`,
    listed(guessed),
    `doubtful, overlooked ${overlooked.length}`,
    listed(overlooked),
  ]
    .filter(Boolean)
    .join('\n');
  if (process.env.OPT_OUT_REPORT) console.log(report);
  return { all, falseOptOuts, missed, asked, askedForNothing, guessed, overlooked, share, report };
}

describe('the corpus', () => {
  const found = figures(corpus);
  test('has at least 240 sentences, each once, in at least 8 languages with all three intents', () => {
    expect(found.all.length).toBeGreaterThanOrEqual(240);
    const complete = Object.values(corpus).filter((of) => intents.every((intent) => of[intent].length >= 4));
    expect(complete.length).toBeGreaterThanOrEqual(8);
    const texts = [...found.all, ...figures(heldOut).all].map((one) => `${one.language} ${one.text}`);
    expect(texts.toSorted()).toEqual([...new Set(texts)].toSorted());
  });
  test('has no false opt-out', () => expect(found.falseOptOuts, found.report).toEqual([]));
  test('misses at most 5 % of the opt-outs, and asks instead in at most 10 %', () => {
    expect(found.share(found.missed, 'opt_out'), found.report).toBeLessThanOrEqual(0.05);
    expect(found.share(found.asked, 'opt_out'), found.report).toBeLessThanOrEqual(0.1);
  });
  test('asks a person for nothing in at most 5 % of ordinary talk, and guesses at most 5 % of the doubtful', () => {
    expect(found.share(found.askedForNothing, 'none'), found.report).toBeLessThanOrEqual(0.05);
    expect(found.share(found.guessed, 'unsure'), found.report).toBeLessThanOrEqual(0.05);
  });
});

describe('sentences held out, for which no rule was made', () => {
  const found = figures(heldOut);
  test('there are at least 60, and none is a false opt-out', () => {
    expect(found.all.length).toBeGreaterThanOrEqual(60);
    expect(found.falseOptOuts, found.report).toEqual([]);
  });
  test('five of six opt-outs are at least asked about, and ordinary talk is let through', () => {
    expect(found.share(found.missed, 'opt_out'), found.report).toBeLessThanOrEqual(0.17);
    expect(found.share(found.askedForNothing, 'none'), found.report).toBeLessThanOrEqual(0.1);
  });
});

describe('whatever the keyboard', () => {
  const said = 'please don’t write me any more';
  test.each([
    ['typographic and plain apostrophes', said.replace('’', "'")],
    ['no apostrophe', 'please dont write me any more'],
    ['capitals', said.toUpperCase()],
    ['full width letters', 'ｓｔｏｐ'],
    ['zero-width characters', 'un\u200bsub\u200dscribe\ufeff'],
    ['emoji around and between', '🙏🏽 stop ✋ messaging 📵 me'],
    ['right-to-left marks', '\u200fإلغاء الاشتراك\u200f'],
    ['vowel signs and stretched letters', 'إِلْغَاء الاشـــتراك'],
    ['composed accents', 'Désabonner'.normalize('NFC')],
    ['decomposed accents', 'Désabonner'.normalize('NFD')],
    ['no accents', 'desabonner'],
    ['the Turkish dotted capital', 'REKLAM İSTEMİYORUM'],
    ['sharp s', 'Bitte nicht mehr schreiben, Grüße'],
    ['letters of two scripts', 'отпишитe меня'],
    ['a signature below', 'Stop\n\nThanks'],
  ])('%s', (_, text) => expect(intentOf(text)).toBe('opt_out'));

  test('a command alone is a command; a sentence is a message that somebody should read', () => {
    for (const text of ['STOP', 'Stop, danke!', 'bitte abmelden', '🛑'.concat('stop'), '/stop'])
      expect(isOptOutCommand(text), text).toBe(true);
    for (const text of ['please stop messaging me', 'stop by tomorrow', '', '🛑'])
      expect(isOptOutCommand(text), text).toBe(false);
  });

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => intentOf(text) !== undefined),
    );
  });
});

describe('long and hostile texts', () => {
  const long = 100 * 1024;
  const hostile: Record<string, string> = {
    'one letter': 'a'.repeat(long),
    'one word': 'stop '.repeat(long / 5),
    'beginnings of patterns': 'do not send me your your your '.repeat(long / 30),
    'combining marks': `e${'\u0301'.repeat(long)}`,
    'zero-width characters': '\u200b'.repeat(long),
    'letters that unfold': '\ufdfa'.repeat(long),
    spaces: ' '.repeat(long),
    dots: '.'.repeat(long),
    apostrophes: "n'".repeat(long / 2),
    'half surrogates': '\ud83d'.repeat(long),
  };
  test.each(Object.keys(hostile))('100 kB of %s cost no more than the part that is read', (name) => {
    const text = hostile[name]!;
    // the rest is cut off before any work: ten times the text is the same work and the same answer
    expect(intentOf(text)).toBe(intentOf(text.repeat(2)));
  });
  test('an opt-out inside a letter is asked about, at its beginning and at its end', () => {
    const letter = 'The vase is lovely and stands in the hall. '.repeat(100);
    expect(letter.length).toBeGreaterThan(longTextLength);
    expect(intentOf(`Please stop messaging me. ${letter}`)).toBe('unsure');
    expect(intentOf(`${letter} Please stop messaging me.`)).toBe('unsure');
    expect(intentOf(letter)).toBe('none');
  });
});
