// What happens to people who are there already, in words.
import type { ImportPolicy } from '../../../contract/imports.ts';

export const policyWords: Record<ImportPolicy, string> = {
  update: 'Bring them up to date',
  skip: 'Leave them as they are',
  overwrite: 'Make them as the file says',
};
export const policyHelp: Record<ImportPolicy, string> = {
  update: 'What the file says replaces what is there. Empty cells change nothing, tags are added.',
  skip: 'Only people who are not there yet are added.',
  overwrite:
    'Mapped columns replace what is there, also where a cell is empty; tags become those of the file.',
};
