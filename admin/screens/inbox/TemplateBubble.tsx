// A template as the person will read it, in a bubble like those of the thread.
import type { Media } from '../../../contract/media.ts';
import type { HydratedTemplate } from '../../../contract/whatsapp-templates.ts';
import css from './Inbox.module.css';
import parts from './MessageParts.module.css';

export function TemplateBubble({ shown, file }: { shown: HydratedTemplate; file: Media | null }) {
  return (
    <section
      aria-label="As it will read"
      className={css.message}
      data-direction="out"
      style={{ maxWidth: '100%' }}
    >
      <div className={css.bubble}>
        {shown.headerFile && (
          <div className={`${css.text} small t3`}>
            {file?.kind === 'image' ? (
              <img src={file.url} alt="" style={{ display: 'block', maxHeight: 120, maxWidth: '100%' }} />
            ) : (
              (file?.file_name ?? `The ${shown.headerFile} stands here`)
            )}
          </div>
        )}
        {shown.header !== null && <div className={`${css.text} strong`}>{shown.header}</div>}
        <div className={css.text} dir="auto">
          {marked(shown.body)}
        </div>
        {shown.footer !== null && <div className={`${css.text} small t3`}>{shown.footer}</div>}
        {shown.buttons.length > 0 && (
          <ul className={parts.replies} aria-label="Buttons">
            {shown.buttons.map((button, index) => (
              <li
                key={`${button.text}${String(index)}`}
                title={button.kind === 'url' ? button.url : undefined}
              >
                {button.text}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

/** *bold*, _italic_ and ~strike~ as WhatsApp shows them; enough for a preview of what WhatsApp itself has approved. */
function marked(text: string) {
  return text.split(/(\*[^*\n]+\*|(?<!\w)_[^_\n]+_(?!\w)|~[^~\n]+~)/).map((part, index) => {
    const inner = part.slice(1, -1);
    if (index % 2 === 0) return part;
    const place = `${index}`;
    if (part.startsWith('*')) return <strong key={place}>{inner}</strong>;
    return part.startsWith('_') ? <em key={place}>{inner}</em> : <s key={place}>{inner}</s>;
  });
}
