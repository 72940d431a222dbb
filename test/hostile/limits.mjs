/* Small, so that attacks meet them; large enough for all attackers at once, so that nobody honest does. */
export const limits = {
  maxMessageBytes: 2 ** 17,
  maxQueuedBytes: 2 ** 19,
  onQueueFull: 'drop-events',
  maxSessions: 2000,
  joinTimeoutMs: 2000,
  maxListLength: 1000,
  maxSubscriptions: 2000,
  maxRegistrations: 2000,
  maxCalls: 1000,
  maxProgressiveCalls: 200,
  maxCallBytes: 2 ** 20,
  maxTestaments: 20,
  maxTestamentBytes: 2 ** 18,
  maxRetainedTopics: 500,
  maxRetainedBytes: 2 ** 22,
  maxHistoryBytes: 2 ** 22,
};
