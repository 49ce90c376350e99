const MIB = 1024 * 1024;

/** HTTP/2's 64 KiB would have a request of 1,000 records wait for the other side several times. */
export const STREAM_WINDOW_BYTES = 8 * MIB;
/** Of a connection, over all of its streams. */
export const CONNECTION_WINDOW_BYTES = 16 * MIB;

/**
 * Megabytes that Node lets a connection hold before it ends it with ENHANCE_YOUR_CALM. With Node's 10 a few large requests
 * at a time would end it; what really bounds them is `receive.max_in_flight_bytes`.
 */
export const SESSION_MEMORY_MB_MAX = 1_000;
