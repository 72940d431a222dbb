/// <reference lib="esnext.disposable" />
/** How a URI of SUBSCRIBE or REGISTER is matched. */
type Match = 'exact' | 'prefix' | 'wildcard';

export type { Match };
