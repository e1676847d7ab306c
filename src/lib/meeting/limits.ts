/** How long words about meetings may be; what fields of a form need to know without the rest. */
export const longestItem = 300;
export const longestNotes = 10_000;
export const longestAgreed = 2_000;
