/**
 * The root type in which an edit that makes an older text again says so (`restoring.ts`): under this key the row whose state
 * it makes, and the row that it stands on. `authors.ts` reads it, and believes it only where the texts are the same.
 */
export const restoredRoot = 'restored';
export const restoredKey = 'to';
