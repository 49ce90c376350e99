/** A name of weights that can be that of a directory. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;
