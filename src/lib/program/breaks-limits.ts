/** Apart, because the form knows them too. */

/** As long as a heading in a calendar. */
export const longestBreakName = 80;
/** A summer is about eleven weeks; a year typed wrong is caught by it. */
export const longestBreakDays = 120;
