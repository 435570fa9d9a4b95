import { Type } from '@sinclair/typebox';

/** One line that people read: at most `maxLength` characters, not blank, no line breaks, nothing that hides or turns text. */
export const plainText = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$',
  });

/** Several lines that people read: as one line, with line feeds. */
export const plainLines = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=[\\s\\S]*\\S)[^\\u0000-\\u0009\\u000b-\\u001f\\u007f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$',
  });
