/* Close codes of WebSocket that lines of other kinds use as well (RFC 6455, 7.4.1, and IANA's registry of close codes). */

/** A message is too long. */
export const TOO_BIG = 1009;
/** The server restarts, and the client may come back. */
export const SERVICE_RESTART = 1012;
/** The server has too much to do, or cannot ask whom it has to ask. */
export const TRY_AGAIN_LATER = 1013;
