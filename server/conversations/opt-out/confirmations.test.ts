import { expect, test } from 'vitest';
import { confirmationFor, confirmations } from './confirmations.ts';
import corpus from './corpus.json' with { type: 'json' };
import { intentOf, isOptOutCommand, languagesOf } from './opt-out-intent.ts';

test('every language that is understood has a text of its own, which says how to come back', () => {
  const languages = Object.keys(corpus).filter((language) => language !== 'mixed');
  expect(Object.keys(confirmations).toSorted()).toEqual(languages.toSorted());
  const texts = Object.values(confirmations);
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) expect(text).toMatch(/(^|\s)\/start(?=[\s.,]|$)/);
});

test('a person is answered in the language they wrote in, whatever language is known of them', () => {
  const sentences = Object.entries(corpus)
    .filter(([language]) => language !== 'mixed')
    .flatMap(([language, { opt_out }]) => opt_out.map((text) => ({ language, text })))
    .filter(({ text }) => intentOf(text) === 'opt_out' && !isOptOutCommand(text));
  expect(sentences.length).toBeGreaterThan(150);
  const others = (one: { language: string; text: string }) =>
    languagesOf(one.text).filter((language) => language !== one.language);
  const shared = sentences.filter((one) => others(one).length > 0);
  // Spanish and Portuguese, Russian and Ukrainian have sentences in common; their own language is always among them
  expect(shared.filter((one) => !languagesOf(one.text).includes(one.language))).toEqual([]);
  expect(shared.length / sentences.length).toBeLessThan(0.05);
  for (const { language, text } of sentences.filter((one) => others(one).length === 0))
    expect(confirmationFor(text, 'en'), text).toBe(confirmations[language]);
});

test('a word of many languages is answered in the person’s own, else in English', () => {
  for (const words of ['STOP', '/stop', 'stop!']) {
    expect(confirmationFor(words, 'pt-br')).toBe(confirmations.pt);
    expect(confirmationFor(words, 'de_AT')).toBe(confirmations.de);
    expect(confirmationFor(words, 'ja')).toBe(confirmations.en);
    expect(confirmationFor(words, null)).toBe(confirmations.en);
  }
  expect(confirmationFor('стоп', 'uk')).toBe(confirmations.uk);
  expect(confirmationFor('стоп', 'en')).toBe(confirmations.ru);
  expect(confirmationFor('please stop messaging me', 'de')).toBe(confirmations.en);
  // a name of an object's own is no language
  expect(confirmationFor('/stop', 'constructor')).toBe(confirmations.en);
});

test('on WhatsApp the way back is a word without a slash, in every language', () => {
  for (const language of Object.keys(confirmations)) {
    const text = confirmationFor('/stop', language, 'whatsapp');
    expect(text).toMatch(/(^|\s)START(?=[\s.,]|$)/);
    expect(text).not.toContain('/start');
  }
  expect(confirmationFor('/stop', 'en', 'telegram')).toContain('/start');
});
