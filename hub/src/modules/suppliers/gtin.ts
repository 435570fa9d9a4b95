/** A GTIN as 14 digits from what is printed or written: 8 to 14 digits, for spreadsheets drop the zeros in front. */
export function readGtin(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{8,14}$/.test(digits)) return undefined;
  const padded = digits.padStart(14, '0');
  return isGtin(padded) ? padded : undefined;
}

/** Whether the last of 14 digits is the check digit of the others (GS1 General Specifications, 7.9): weights 3 and 1 by turns. */
export function isGtin(digits: string): boolean {
  if (!/^\d{14}$/.test(digits) || /^0+$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
