// What a language's rules are. Read by opt-out-intent.ts; one file per language beside this one, in the notation of patterns.ts.

export interface LanguageRules {
  language: string;
  /** Words around a command that change nothing: "please", "hello", "now". */
  courtesies: string;
  /** The whole message is this, courtesies aside. */
  commands: string[];
  /** So plain that a clause of its own is enough: "no thanks, unsubscribe". */
  plainCommands: string[];
  /** Name → words, for `{name}` in the patterns. */
  groups: Record<string, string>;
  /** "Do not write to me any more". */
  optOut: string[];
  /** The opposite, or something else that uses the same words; nothing of this sentence counts. */
  opposite: string[];
  /** Complaints and questions: a person is asked, also where an opt-out seems to stand in the sentence. */
  doubtful: string[];
  /** Words that make an opt-out in the same sentence doubtful: "if", "until", "how". */
  conditions: string;
  /** A person is asked where nothing else was understood. */
  hints: string[];
  /** Last, for short sentences that no pattern knows: one of `about` beside one of `against`, and nothing of `shopTalk`, asks a person. */
  about: string;
  against: string;
  shopTalk: string;
}
