/* A module of ours around tweetnacl, so that who does not use it does not bundle it: it does not say of itself that it may be left out. */
import tweetnacl from 'tweetnacl';

// So written, the declarations need no `esModuleInterop`.
export const nacl: typeof import('tweetnacl') = tweetnacl;
