// Names that programs write, "favourite_colour" or "America/Los_Angeles": a narrow column may break them behind "_" and "/".
import { Fragment } from 'react';

export function Breakable({ text }: { text: string }) {
  return text.split(/(?<=[_/])/).map((part, index) => (
    <Fragment key={String(index)}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
