/** The messages that this layer looks at on their way. A build writes each code as its number. */
export const Code = {
  HELLO: 1,
  ABORT: 3,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  SUBSCRIBE: 32,
  UNSUBSCRIBED: 35,
  CALL: 48,
  CANCEL: 49,
  REGISTER: 64,
  UNREGISTERED: 67,
} as const;
