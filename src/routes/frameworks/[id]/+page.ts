/** Outlines with hundreds of lines and forms that need no script: it sends none. */
export const csr = false;
