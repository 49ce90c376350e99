/** Path under which links of messages lie. */
export const VERDICT_PATH = "/verdict/";
