import type { Language } from '../../messages/message.ts';

const letters: Record<Language, string[]> = {
  en: ['qwertyuiop', 'asdfghjkl', 'zxcvbnm-.,'],
  es: ['qwertyuiop', 'asdfghjklñ', 'zxcvbnmáéíóú', '-.,ü'],
};
const digits = '1234567890';
const numberPad = ['123', '456', '789', '.0-'];

/** The rows of keys that a field needs: numbers alone, or letters and numbers. */
export function keyRows(inputMode: string, language: Language): string[][] {
  const rows = inputMode === 'numeric' || inputMode === 'decimal' ? numberPad : [digits, ...letters[language]];
  return rows.map((row) => [...row]);
}

/** True for a field that is filled by typing. */
export function isTyped(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && ['text', 'search', 'tel', 'password'].includes(target.type);
}

/** Puts text where the cursor stands, as a keyboard would. */
export function typeInto(field: HTMLInputElement, text: string): void {
  if (field.maxLength > 0 && field.value.length >= field.maxLength) return;
  field.setRangeText(text, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}

/** Erases what is selected, or the character before the cursor. */
export function eraseBefore(field: HTMLInputElement): void {
  const end = field.selectionEnd ?? field.value.length;
  const start = field.selectionStart ?? end;
  field.setRangeText('', start === end ? Math.max(0, start - 1) : start, end, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'deleteContentBackward' }));
}
