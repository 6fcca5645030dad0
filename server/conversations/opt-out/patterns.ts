// The small language that the rules are written in, and its matcher. A pattern is words in a row:
//   word       that word, accents and capitals aside        a|b        one of them
//   stem*      a word that begins so                        {name}     one of the language's group of that name
//   do_not     two words as one alternative                 word?      it may be missing
//   ~          up to four words of the same clause          ^  $       begin, end of the clause, courtesies aside
// No regular expressions: a pattern looks at a bounded number of words from each place, so a text costs its length.
import { fold, type Sentence } from './words.ts';

interface Step {
  kind: 'words' | 'gap' | 'begin' | 'end';
  optional: boolean;
  words: Set<string>;
  stems: string[];
  /** Alternatives of several words. */
  rows: string[][];
}
export type Pattern = Step[];

const maxGap = 4;
/** More gaps than this in one pattern would multiply its work. */
const maxGaps = 3;

/** Throws on a group that is not there: rules are data, and a misspelled name would never match. */
export function compile(pattern: string, groups: Record<string, string>): Pattern {
  const steps = pattern.split(' ').map((part) => step(part, groups, pattern));
  if (steps.filter(({ kind }) => kind === 'gap').length > maxGaps)
    throw new Error(`At most ${maxGaps} gaps: ${pattern}`);
  return steps;
}

function step(part: string, groups: Record<string, string>, pattern: string): Step {
  const made: Step = { kind: 'words', optional: false, words: new Set(), stems: [], rows: [] };
  if (part === '~') return { ...made, kind: 'gap' };
  if (part === '^') return { ...made, kind: 'begin' };
  if (part === '$') return { ...made, kind: 'end' };
  const optional = part.endsWith('?');
  const alternatives = (optional ? part.slice(0, -1) : part).split('|').flatMap((one) => {
    if (!one.startsWith('{')) return [one];
    const group = groups[one.slice(1, -1)];
    if (!group) throw new Error(`There is no group ${one} for "${pattern}"`);
    return group.split(' ');
  });
  for (const one of alternatives) {
    const word = fold(one);
    if (word.includes('_')) made.rows.push(word.split('_'));
    else if (word.endsWith('*')) made.stems.push(word.slice(0, -1));
    else made.words.add(word);
  }
  return { ...made, optional };
}

/** Whether the pattern stands anywhere in the sentence. */
export function matches(pattern: Pattern, sentence: Sentence, courtesies: ReadonlySet<string>): boolean {
  for (let at = 0; at < sentence.words.length; at++)
    if (matchesFrom(pattern, 0, sentence, at, courtesies)) return true;
  return false;
}

function matchesFrom(
  pattern: Pattern,
  index: number,
  sentence: Sentence,
  at: number,
  courtesies: ReadonlySet<string>,
): boolean {
  const one = pattern[index];
  if (!one) return true;
  const next = (place: number) => matchesFrom(pattern, index + 1, sentence, place, courtesies);
  if (one.kind === 'begin') return isBegin(sentence, at, courtesies) && next(at);
  if (one.kind === 'end') return isEnd(sentence, at, courtesies) && next(at);
  if (one.kind === 'gap') {
    for (let gap = 0; gap <= maxGap; gap++) {
      if (next(at + gap)) return true;
      // the word to be skipped must be there, and in the clause of the one before
      if (at + gap >= sentence.words.length || sentence.clause[at + gap] !== sentence.clause[at - 1])
        return false;
    }
    return false;
  }
  const word = sentence.words[at];
  if (word !== undefined) {
    if ((one.words.has(word) || one.stems.some((stem) => word.startsWith(stem))) && next(at + 1)) return true;
    for (const row of one.rows)
      if (row.every((part, offset) => sentence.words[at + offset] === part) && next(at + row.length))
        return true;
  }
  return one.optional && next(at);
}

function isBegin({ words, clause }: Sentence, at: number, courtesies: ReadonlySet<string>): boolean {
  for (let before = at - 1; before >= 0 && clause[before] === clause[at]; before--)
    if (!courtesies.has(words[before] ?? '')) return false;
  return true;
}

function isEnd({ words, clause }: Sentence, at: number, courtesies: ReadonlySet<string>): boolean {
  for (let after = at; after < words.length && clause[after] === clause[at - 1]; after++)
    if (!courtesies.has(words[after] ?? '')) return false;
  return true;
}
