// For whoever has no number at hand.
import { sandboxNumber, sixPeopleWrite } from '../../sandbox-control.ts';
import type { SandboxTry } from '../../screens/connections/TrySandbox.tsx';

export const tryNumber: SandboxTry = {
  channel: 'whatsapp',
  words: 'No number at hand? A simulated one has six people on it. Nothing leaves this machine.',
  label: 'Use a simulated number',
  async make() {
    const { id, credentials } = await sandboxNumber('First try');
    return { credentials, letPeopleCome: () => sixPeopleWrite(id) };
  },
};
