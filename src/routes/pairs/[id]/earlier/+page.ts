// Ticks and buttons: a browser brings them.
export const csr = false;
