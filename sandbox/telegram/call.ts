// What a method receives. Methods are plain functions of it; their result goes into the envelope.
import type { Bot } from './bot.ts';
import type { Params } from './params.ts';
import type { State } from './state.ts';

export interface Call {
  state: State;
  bot: Bot;
  params: Params;
  /** Aborts when the client goes away; the long poll needs it. */
  signal: AbortSignal | undefined;
}

/** A result with the `description` that a few webhook calls carry on success (telegram.md §1 [S]). */
export class Described {
  readonly result: unknown;
  readonly description: string;

  constructor(result: unknown, description: string) {
    this.result = result;
    this.description = description;
  }
}

export type Method = (call: Call) => unknown;
