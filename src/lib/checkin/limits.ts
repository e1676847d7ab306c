/** Apart, because the form knows it too: some sentences; longer is a page of a reflection, or a talk. */
export const longestStuck = 500;
