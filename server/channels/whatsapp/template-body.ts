// The template of a message with the values of its variables. Fields: Cloud API, template messages, read 2026-11-20.
import type { RenderedTemplate } from '../../../contract/message.ts';
import { fileObject, type NamedFile } from './named-file.ts';

export function templateBody(template: RenderedTemplate, file: NamedFile | null): object {
  const { name, language, header, body, buttons } = template;
  const components = [
    ...(template.headerFile && file
      ? [{ type: 'header', parameters: [{ type: file.field, [file.field]: fileObject(file, '') }] }]
      : []),
    ...(header.length > 0 ? [{ type: 'header', parameters: header.map(textParameter) }] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body.map(textParameter) }] : []),
    ...buttons.map(buttonComponent),
  ];
  return {
    name,
    language: { policy: 'deterministic', code: language },
    ...(components.length > 0 ? { components } : {}),
  };
}

/** A named variable says its name, a numbered one only stands in its place. */
function textParameter({ name, value }: RenderedTemplate['body'][number]): object {
  return { type: 'text', ...(name === null ? {} : { parameter_name: name }), text: value };
}

const parameterOf = {
  url: (text: string) => ({ type: 'text', text }),
  quick_reply: (payload: string) => ({ type: 'payload', payload }),
  copy_code: (coupon_code: string) => ({ type: 'coupon_code', coupon_code }),
};

function buttonComponent({ index, kind, value }: RenderedTemplate['buttons'][number]): object {
  return { type: 'button', sub_type: kind, index: String(index), parameters: [parameterOf[kind](value)] };
}
