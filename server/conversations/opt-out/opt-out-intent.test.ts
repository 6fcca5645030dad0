// The corpus is the test. Its figures by language stand in the message of a failure, and with OPT_OUT_REPORT=1 on the
// console. The held-out part was written before the first rule and no rule was made for it: its figures are the honest ones.
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
  test('misses at most 5 % of the opt-outs, and asks instead in at most 5 %', () => {
    expect(found.share(found.missed, 'opt_out'), found.report).toBeLessThanOrEqual(0.05);
    expect(found.share(found.asked, 'opt_out'), found.report).toBeLessThanOrEqual(0.05);
  });
  test('asks a person for nothing in at most 5 % of ordinary talk, and guesses at most 5 % of the doubtful', () => {
    expect(found.share(found.askedForNothing, 'none'), found.report).toBeLessThanOrEqual(0.05);
    expect(found.share(found.guessed, 'unsure'), found.report).toBeLessThanOrEqual(0.05);
  });
});
