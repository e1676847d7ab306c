/** The door works without script, so it sends none. */
export const csr = false;
