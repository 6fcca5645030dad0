// Where a consent came from, in words.
export const sourceWords: Record<string, string> = {
  message: 'By a message',
  operator: 'Recorded by an operator',
  api: 'Recorded over the API',
  import: 'From an import',
  undo: 'Opt-out undone',
};
