/** HTTP has its own use for them, or they are ours. */
const RESERVED =
  /^(:|connection$|host$|http2-settings$|keep-alive$|proxy-connection$|te$|transfer-encoding$|upgrade$|content-type$|grpc-)/;
/** Of one request's body, or of one hop. */
const OF_ONE_HOP = /^(accept|content|proxy)-|^(expect|trailer|user-agent|date|via)$/;

/** Whether a header, its name in lower case, has no place among those of a gRPC call that we do not write ourselves. */
export function isReservedByGrpc(name: string): boolean {
  return RESERVED.test(name);
}

/** Whether a header of a request must not go on with it. */
export function isReservedHeader(name: string): boolean {
  return RESERVED.test(name) || OF_ONE_HOP.test(name);
}
