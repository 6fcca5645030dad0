/** "Every Friday in London" → "every Friday in London": words that stand alone, inside a sentence. Names keep their capitals. */
export function withinSentence(words: string): string {
  if (/^(WhatsApp|Telegram|Meta|Carillon)\b/.test(words)) return words;
  return words.charAt(0).toLocaleLowerCase('en') + words.slice(1);
}
