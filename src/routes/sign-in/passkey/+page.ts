/** Passkeys need script. What comes with it, the pages behind this door need as well; without it, mail works. */
export const csr = true;
