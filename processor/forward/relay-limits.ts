/** Largest answer of a next hop that is read; also after decompression. */
export const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;
/** Of requests out. Speed over size: the next hop unpacks it at once. */
export const GZIP_LEVEL = 1;
