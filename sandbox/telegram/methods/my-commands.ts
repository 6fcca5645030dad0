// setMyCommands, getMyCommands, deleteMyCommands: one list per scope and language.
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { asArray, asObject } from '../params.ts';

function keyOf({ params }: Call): string {
  const scope = params.nested('scope', 'bot command scope');
  return `${JSON.stringify(scope ?? { type: 'default' })} ${params.text('language_code') ?? ''}`;
}

export function setMyCommands(call: Call): unknown {
  const given = asArray(call.params.nested('commands', 'bot commands'), 'BotCommand');
  if (given.length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  const commands = given.map((value) => {
    const one = asObject(value, 'BotCommand');
    const command = String(one.command ?? '').replace(/^\//, '');
    const description = String(one.description ?? '').trim();
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
    if (description.length < 1 || description.length > 256)
      throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
    return { command, description };
  });
  call.bot.commands.set(keyOf(call), commands);
  call.state.onChange(call.bot.id, 0);
  return true;
}

export function getMyCommands(call: Call): unknown {
  return call.bot.commands.get(keyOf(call)) ?? [];
}

export function deleteMyCommands(call: Call): unknown {
  call.bot.commands.delete(keyOf(call));
  return true;
}
