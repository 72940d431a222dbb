/* Small, so that attacks meet them; large enough for all attackers at once, so that nobody honest does. */
export const limits = {
  maxMessageBytes: 2 ** 17,
  maxQueuedBytes: 2 ** 19,
  onQueueFull: 'drop-events',
  maxSessions: 2000,
  joinTimeoutMs: 2000,
};
