// How the file was read, to be changed where the guess is wrong: the columns and the preview follow.
import { Select, Switch } from '@mantine/core';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { ContactImport, Delimiter, Encoding } from '../../../contract/imports.ts';
import { ApiProblem } from '../../api.ts';
import { problemAt } from '../../ui/FieldProblem.tsx';
import { countries } from './countries.ts';
import { delimiterChoices, encodingChoices } from './file-words.ts';
import css from './Imports.module.css';
import type { Draft } from './use-import.ts';

/** A file that cannot be read in the way that was chosen is a problem of that choice, not of the file. */
const choiceOf: Partial<Record<ErrorCode, 'encoding' | 'delimiter'>> = {
  TABLE_ENCODING: 'encoding',
  TABLE_QUOTE_OPEN: 'delimiter',
};
export function readingProblem(
  error: unknown,
  choice: 'encoding' | 'delimiter' | 'sheet',
): string | undefined {
  const isOfChoice =
    error instanceof ApiProblem && error.code !== 'OFFLINE' && choiceOf[error.code] === choice;
  return isOfChoice ? error.detail : problemAt(error, `/${choice}`);
}

export function FileReading({ item, draft }: { item: ContactImport; draft: Draft }) {
  return (
    <div className={css.reading}>
      {item.format === 'csv' ? (
        <>
          <Select
            label="Letters are written as"
            data={encodingChoices}
            value={item.encoding}
            searchable
            error={readingProblem(draft.error, 'encoding')}
            onChange={(encoding) => encoding && draft.change({ encoding: encoding as Encoding })}
          />
          <Select
            label="Columns are divided by"
            data={delimiterChoices}
            value={item.delimiter}
            error={readingProblem(draft.error, 'delimiter')}
            onChange={(delimiter) => delimiter && draft.change({ delimiter: delimiter as Delimiter })}
          />
        </>
      ) : (
        <Select
          label="Sheet"
          data={item.sheets}
          value={item.sheet}
          error={readingProblem(draft.error, 'sheet')}
          onChange={(sheet) => sheet && draft.change({ sheet })}
        />
      )}
      <Select
        label="Country of phone numbers"
        description="For numbers without a country code"
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        data={countries()}
        value={draft.settings.default_country}
        placeholder="None"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'No country' }}
        error={problemAt(draft.error, '/default_country')}
        onChange={(default_country) => draft.change({ default_country })}
      />
      <Switch
        className={css.headerSwitch}
        label="The first row holds the names of the columns"
        checked={item.header}
        onChange={(event) => draft.change({ header: event.currentTarget.checked })}
      />
    </div>
  );
}
