/* Texts of HTTP in messages of WAMP. */

/**
 * In JSON a text that begins with a NUL is bytes (WAMP, "Binary conversion of JSON Strings"). Where a message must have a text, the router would end the session, which other
 * requests may share.
 */
export function isText(text: string): boolean {
  return !text.startsWith('\0');
}
