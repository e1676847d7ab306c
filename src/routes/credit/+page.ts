/** Tables to read and print, and forms that need no script: it sends none. */
export const csr = false;
