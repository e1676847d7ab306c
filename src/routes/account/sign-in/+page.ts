/** Every form here works without script, and an answer may lead to another site, so it sends none. */
export const csr = false;
