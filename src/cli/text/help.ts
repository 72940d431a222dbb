/* The help of a command, made from the same table that its options are parsed with. */
import { fill, type Options, showOptions } from './options.ts';

export interface Described<O extends Options> {
  readonly name: string;
  readonly synopsis: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly options: O;
  readonly examples: readonly string[];
}

/** @param options - Each with its heading. */
export function helpOf(
  { name, synopsis, about, examples }: Described<Options>,
  options: { readonly [heading: string]: Options },
  ...more: readonly string[]
): string {
  const sections = [
    `Usage: autostrada ${name} ${synopsis}`,
    ...about.map(fill),
    ...Object.entries(options).map(([heading, table]) => `${heading}:\n${showOptions(table)}`),
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
    ...more,
  ];
  return `${sections.join('\n\n')}\n`;
}
