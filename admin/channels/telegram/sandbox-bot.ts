// For whoever has no token at hand.
import { sandboxBot, startSixPeople } from '../../sandbox-control.ts';
import type { SandboxTry } from '../../screens/connections/TrySandbox.tsx';

export const tryBot: SandboxTry = {
  channel: 'telegram',
  words: 'No token at hand? A sandbox bot has six simulated people. Nothing leaves this machine.',
  label: 'Try with a sandbox bot',
  async make() {
    const bot = await sandboxBot('First try');
    return { credentials: { token: bot.token }, letPeopleCome: () => startSixPeople(bot) };
  },
};
