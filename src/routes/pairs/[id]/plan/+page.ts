/** Forms and a table to print: it sends no script. */
export const csr = false;
