// The key that signs links.
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { BaseCtx } from '../../platform/context.ts';

/** Which key of the installation signs links; another number makes all links sent before lead nowhere. */
const linkKeyPurpose = 'carillon links 1';

/** Made once where codes are made: as raw bytes it would be prepared anew for each code, which costs four times the signature. */
export function linkKey(base: Pick<BaseCtx, 'secrets'>): KeyObject {
  return createSecretKey(base.secrets.subkey(linkKeyPurpose));
}
