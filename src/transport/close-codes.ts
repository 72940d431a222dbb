/** Of WebSocket: a message is too long (RFC 6455, 7.4.1). Long-poll and batches use it, too. */
export const TOO_BIG = 1009;
