/** Which key of the installation signs links; another number makes all links sent before lead nowhere. */
export const linkKeyPurpose = 'carillon links 1';
