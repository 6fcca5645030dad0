// What a control route of WhatsApp receives, and how it reads numbers and people.
import { ControlError } from '../../control/control-request.ts';
import type { Fields } from '../content-read.ts';
import { type Place, placeOf } from '../inbound.ts';
import { digitsOf, findPerson, type Waba, type WaNumber, type WaPerson, type WaState } from '../state.ts';
import type { Template } from '../template.ts';
import type { WaWorld } from '../world.ts';

export { ControlError };

export interface WaControlRequest {
  world: WaWorld;
  id: string;
  query: URLSearchParams;
  body: Fields;
}

/** Routes are keyed `GET numbers`, `PATCH numbers/:id`. undefined becomes `{"ok":true}`. */
export type WaRoute = (request: WaControlRequest) => unknown;

/** By phone_number_id or its digits. With no value, the only number there is. */
export function readNumber(state: WaState, given: unknown): WaNumber {
  if ((given === undefined || given === null || given === '') && state.numbers.size === 1)
    return state.numbers.values().next().value!;
  const text = String(given ?? '');
  const digits = digitsOf(text);
  const number =
    state.numbers.get(text) ??
    [...state.numbers.values()].find((known) => digits !== '' && digitsOf(known.display) === digits);
  if (!number) throw new ControlError(404, `There is no number "${text}"`);
  return number;
}

export function readPersonOf(state: WaState, given: unknown): WaPerson {
  const person = findPerson(state, String(given ?? ''));
  if (!person) throw new ControlError(404, `There is no person "${String(given ?? '')}"`);
  return person;
}

export function readPlaceOf({ world, body }: WaControlRequest): Place {
  return placeOf(world, readNumber(world.state, body.number), readPersonOf(world.state, body.person));
}

/** By id; with no value the only account there is, or that of the only number. */
export function readWaba(state: WaState, given: unknown): Waba {
  const waba =
    given === undefined || given === null || given === ''
      ? state.wabas.size === 1
        ? state.wabas.values().next().value
        : undefined
      : state.wabas.get(String(given));
  if (!waba) throw new ControlError(404, `There is no account "${String(given ?? '')}"`);
  return waba;
}

/** By id, or by name with the language or the only one of that name. */
export function readTemplateOf(state: WaState, body: Fields): { waba: Waba; template: Template } {
  const given = String(body.template ?? '');
  for (const waba of body.waba === undefined ? state.wabas.values() : [readWaba(state, body.waba)]) {
    const template =
      waba.templates.get(given) ??
      [...waba.templates.values()].find(
        (known) => known.name === given && (body.language === undefined || known.language === body.language),
      );
    if (template) return { waba, template };
  }
  throw new ControlError(404, `There is no template "${given}"`);
}
