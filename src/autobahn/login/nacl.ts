/* tweetnacl does not say that bundlers may leave it out. This module does, so a page that does not use it does not pay for it. */
import tweetnacl from 'tweetnacl';

// Written so, the declarations need no `esModuleInterop`.
export const nacl: typeof import('tweetnacl') = tweetnacl;
