/* Close codes of WebSocket that other transports use as well (RFC 6455, 7.4.1, and IANA's registry of close codes). */

/** A message is too long. */
export const TOO_BIG = 1009;
/** The server restarts; the client may connect again. */
export const SERVICE_RESTART = 1012;
/** The server is overloaded, or a service that it needs does not answer. */
export const TRY_AGAIN_LATER = 1013;
