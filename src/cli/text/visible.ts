/*
 * Lines that programs have written, for a terminal. Their commands to the terminal must do nothing: they could hide other lines, or change what is written in them.
 */

/** Control characters but the tab, and marks that change the direction of text. */
const UNPRINTABLE = /[^\P{Cc}\t]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** With such characters as `\\x1b` or `\\u202e`. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0).toString(16);
    return char < '\u0100' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
