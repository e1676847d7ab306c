/** Apart, because the form knows them too. */

/** A page of words to oneself. */
export const longestMark = 2000;
/** Two months: longer, and a pair would be lost from sight. */
export const longestNotNow = 60;
