/** The catalogue is forms and links: it works without script, so it sends none. */
export const csr = false;
