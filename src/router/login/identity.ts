import type { Dict } from '../../base/words.ts';

/** The principal, and the method of its login. */
export interface Identity {
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra: Dict | undefined;
}
