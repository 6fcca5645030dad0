import { expect, test } from 'vitest';
import { missingWords } from './missing-words.ts';

const given = { blank: false, problems: [], drawn: true, failed: false };
const wrong = (pointer: string) => ({ pointer, detail: '' });

test('a phone asks for a message only where none was written', () => {
  expect(missingWords({ ...given, blank: true, drawn: false, failed: true })).toBeUndefined();
  expect(missingWords({ ...given, drawn: false })).toBe('The preview is being drawn');
  expect(missingWords({ ...given, drawn: false, failed: true })).toMatch(/could not be drawn/);
  expect(missingWords(given)).toBeUndefined();
});

test('what keeps it from being shown is a field, or what a template lacks', () => {
  const template = wrong('/content/whatsapp/template/body/0');
  expect(missingWords({ ...given, problems: [wrong('/content/text')] })).toMatch(/marked field/);
  expect(missingWords({ ...given, problems: [template, wrong('/content/media/0')] })).toMatch(/Fill in/);
  expect(missingWords({ ...given, problems: [template, wrong('/content/text')] })).toMatch(/marked field/);
});
