// The part of an address of the list that the server cannot follow: a condition it does not know, a segment that is gone.
import { ApiProblem } from '../../api.ts';
import type { ContactsSearch } from './contacts-search.ts';

export interface WrongPart {
  title: string;
  text: string;
  /** On the button that takes it out. */
  remove: string;
  without: ContactsSearch;
}

/** Null: the address is not the reason. */
export function wrongPart(error: unknown, search: ContactsSearch): WrongPart | null {
  if (!(error instanceof ApiProblem)) return null;
  const { cursor: _cursor, page: _page, ...first } = search;
  const names = error.errors.map(({ pointer }) => pointer.split('/')[1]);
  if (error.code === 'INVALID_CURSOR' || (search.cursor && names.includes('cursor')))
    return {
      title: 'This page of the list is not known any more',
      text: 'The filters and the order stay.',
      remove: 'Show the first page',
      without: first,
    };
  if (search.rule && names.includes('rule'))
    return {
      title: 'A condition in this link is not known',
      text: 'It asks for something that is not there, or not there any more. The other filters stay when you remove it.',
      remove: 'Remove the conditions',
      without: { ...first, rule: undefined },
    };
  if (search.segment_id && (error.code === 'NOT_FOUND' || names.includes('segment_id')))
    return {
      title: 'The segment in this link is gone',
      text: 'It was deleted, or belongs to another workspace. The other filters stay when you remove it.',
      remove: 'Remove the segment filter',
      without: { ...first, segment_id: undefined },
    };
  return null;
}
