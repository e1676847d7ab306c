/** Postgres answers a malformed uuid with an error, where a person who mistyped an address deserves "not found". */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text from an address or a form can be the id of a row. */
export const isId = (text: string): boolean => uuid.test(text);
