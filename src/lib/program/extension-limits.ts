/** Apart, because the form knows it too. */

/** As long as a sentence that everybody in the program reads. */
export const longestReason = 500;
