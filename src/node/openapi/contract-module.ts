/* A contract from a module, for configuration files. */
import { pathToFileURL } from 'node:url';
import { type DescribedContract, isContract } from './openapi-config.ts';

/**
 * @param file - Absolute.
 * @throws TypeError if the module has no contract, or several. What the module itself throws.
 */
export async function loadContract(file: string): Promise<DescribedContract> {
  const found: { readonly [name: string]: unknown } = await import(pathToFileURL(file).href);
  // An export of CommonJS comes as `default`, too.
  const contracts = [...new Set(Object.values(found))].filter(isContract);
  const [only, second] = isContract(found.default) ? [found.default] : contracts;
  if (only !== undefined && second === undefined) return only;
  const names = Object.keys(found).sort().join(', ') || 'no exports';
  const got = second === undefined ? names : `several contracts (${names})`;
  throw new TypeError(`expected ${file} to export one contract of defineContract, best as default, got ${got}`);
}
