// From what somebody typed to plain words: one spelling whatever the keyboard, in sentences and clauses. Pure and linear.

/** Words of one sentence. A gap of a pattern never reaches over a comma: "don't call, message me here". */
export interface Sentence {
  words: string[];
  /** `clause[i]` is the number of the clause that word i stands in. */
  clause: number[];
}

/** A longer text is read at its beginning and its end only; nobody opts out in the middle of a letter. */
export const longTextLength = 2000;
const headLength = 1500;
const tailLength = 500;

/** Latin letters that stand in Cyrillic words where a keyboard was half switched. */
const cyrillicTwins: Record<string, string> = {
  a: 'а', c: 'с', e: 'е', i: 'і', k: 'к', m: 'м', o: 'о', p: 'р', t: 'т', x: 'х', y: 'у',
}; // biome-ignore format: a table
/** Letters that no decomposition takes apart. */
const plainLetters: Record<string, string> = {
  ß: 'ss', ı: 'i', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', œ: 'oe', ى: 'ي', ة: 'ه', ک: 'ك', ی: 'ي',
}; // biome-ignore format: a table

/** One spelling: compatibility forms, capitals, accents, vowel signs of Arabic and what cannot be seen are gone. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}|\p{Variation_Selector}|\u034f/gu, '')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c]/g, '')
    .replace(/[ßıłøđæœىةکی]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/n['’ʼ‘`´′]t\b/g, 'nt');
}

const marks = /[\p{L}\p{N}\p{M}]+|[.!?;\n…؟।]|[,،:()–—]/gu;

/** The sentences of a text, none of them empty. Addresses of web pages and mailboxes are no words. */
export function sentencesOf(text: string): Sentence[] {
  const read =
    text.length > longTextLength ? `${text.slice(0, headLength)}\n${text.slice(-tailLength)}` : text;
  const sentences: Sentence[] = [];
  let sentence: Sentence = { words: [], clause: [] };
  let clause = 0;
  for (const [mark] of withoutAddresses(fold(read)).matchAll(marks)) {
    if (/^[\p{L}\p{N}\p{M}]/u.test(mark)) {
      sentence.words.push(inOneScript(mark));
      sentence.clause.push(clause);
      continue;
    }
    clause++;
    if (/^[,،:()–—]/.test(mark) || sentence.words.length === 0) continue;
    sentences.push(sentence);
    sentence = { words: [], clause: [] };
  }
  if (sentence.words.length > 0) sentences.push(sentence);
  return sentences.map(spelledOut);
}

function withoutAddresses(text: string): string {
  return text
    .split(/(\s)/)
    .map((part) => (part.includes('://') || part.startsWith('www.') || /.@./.test(part) ? ' ' : part))
    .join('');
}

function inOneScript(word: string): string {
  if (!/[а-яіґє]/.test(word) || !/[a-z]/.test(word)) return word;
  return word.replace(/[aceikmoptxy]/g, (letter) => cyrillicTwins[letter] ?? letter);
}

/** "s t o p" → "stop". */
function spelledOut(sentence: Sentence): Sentence {
  const { words } = sentence;
  if (words.length < 3 || !words.every((word) => word.length === 1)) return sentence;
  return { words: [words.join('')], clause: [sentence.clause[0] ?? 0] };
}
