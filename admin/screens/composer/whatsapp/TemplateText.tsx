// What a chosen template says, before anybody's values are in it: its places are marked, with what is typed for them.
import type { WhatsAppContent } from '../../../../contract/message.ts';
import type { WhatsAppTemplate } from '../../../../contract/whatsapp-templates.ts';
import { type Piece, partsOf, withoutAny } from './template-pieces.ts';
import css from './WhatsApp.module.css';

type Chosen = NonNullable<WhatsAppContent['template']>;

export function TemplateText({ template, chosen }: { template: WhatsAppTemplate; chosen: Chosen }) {
  const { header, body, footer } = partsOf(template.components, chosen);
  const bare = withoutAny(template.components, chosen);
  return (
    <section className={css.says} aria-label="Text of the template" dir="auto">
      {header.length > 0 && (
        <p className="strong">
          <Pieces of={header} />
        </p>
      )}
      <p>
        <Pieces of={body} />
      </p>
      {footer && <p className="t3 small">{footer}</p>}
      {bare && (
        <p className={`small t2 ${css.bare}`} data-testid="without-values">
          <strong>Who has none of it:</strong>{' '}
          {bare === 'nothing' ? 'gets no message.' : <Pieces of={bare} />}
        </p>
      )}
    </section>
  );
}

function Pieces({ of }: { of: Piece[] }) {
  return of.map((piece, index) =>
    piece.isPlace ? (
      <mark key={String(index)} data-filled={piece.isFilled || undefined}>
        {piece.text}
      </mark>
    ) : (
      <span key={String(index)}>{piece.text}</span>
    ),
  );
}
