/** Writing works by forms alone, so it sends no script. */
export const csr = false;
