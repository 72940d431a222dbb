/// <reference lib="esnext.disposable" />
/** How SUBSCRIBE or REGISTER matches a URI. */
type Match = 'exact' | 'prefix' | 'wildcard';

export type { Match };
