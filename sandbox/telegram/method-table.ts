// Method names to functions. Names are compared in lower case (telegram.md §1 [S]).
import type { Method } from './call.ts';
import { getMe } from './methods/get-me.ts';
import { getUpdates } from './methods/get-updates.ts';
import { sendMessage } from './methods/send-message.ts';

const METHODS: Record<string, Method> = {
  getMe,
  getUpdates,
  sendMessage,
};

export interface KnownMethod {
  name: string;
  run: Method;
  /** Sends a message: subject to flood limits and, by default, to faults. */
  isSend: boolean;
}

const BY_LOWER_NAME = new Map<string, KnownMethod>(
  Object.entries(METHODS).map(([name, run]) => [
    name.toLowerCase(),
    { name, run, isSend: /^(send(?!ChatAction)|copy|forward)/.test(name) },
  ]),
);

export function findMethod(name: string): KnownMethod | undefined {
  return BY_LOWER_NAME.get(name.toLowerCase());
}
