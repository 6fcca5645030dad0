/** Words as somebody's own. What brings quotes already stays as it is: no quotes around quotes. */
export const quoted = (text: string): string => (/[“”„«»"]/.test(text) ? text : `“${text}”`);
