// Faults: switched on, listed and switched off. Kinds and fields: faults.ts.
import { addFault, dropSpent, FAULT_KINDS, type FaultKind, removeFault } from '../faults.ts';
import { ControlError, type Route, readBot } from './control-request.ts';

const number = (value: unknown) => (value === undefined || value === null ? undefined : Number(value));

export const faultRoutes: Record<string, Route> = {
  'GET faults': ({ state }) => {
    dropSpent(state.faults, state.now());
    return { faults: state.faults.list, now: state.now() };
  },

  'POST faults': ({ state, body }) => {
    const kind = String(body.kind) as FaultKind;
    if (!FAULT_KINDS.includes(kind))
      throw new ControlError(400, `"kind" is one of ${FAULT_KINDS.join(', ')}`);
    const seconds = number(body.seconds);
    const fault = addFault(state.faults, {
      kind,
      bot_id: body.bot === undefined ? undefined : readBot(state, body.bot).id,
      chat_id: number(body.chat),
      methods: Array.isArray(body.methods)
        ? body.methods.map((name) => String(name).toLowerCase())
        : undefined,
      probability: number(body.probability),
      count: number(body.count),
      until: seconds === undefined ? number(body.until) : state.now() + seconds * 1000,
      retry_after: number(body.retry_after),
      ms: number(body.ms),
    });
    state.onChange(0, 0);
    return { fault };
  },

  'DELETE faults': ({ state }) => {
    state.faults.list = [];
    // "Reset trouble" also ends a running 429.
    for (const bot of state.bots.values()) bot.flood.frozenUntilMs = 0;
    state.onChange(0, 0);
  },

  'DELETE faults/:id': ({ state, id }) => {
    if (!removeFault(state.faults, id)) throw new ControlError(404, `There is no fault "${id}"`);
    state.onChange(0, 0);
  },
};
