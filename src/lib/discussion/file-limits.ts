/** How many files of what size go with posts; `files.ts` says of what kind. */

/** Bytes of one file: a phone's picture is three to eight megabytes, a lesson plan less. */
export const largestFile = 10 * 1024 * 1024;
/** Files with one post: more belong into evidence. */
export const mostFiles = 5;
/** Bytes that one person adds within a day, as they are kept: thirty pictures, or a few scanned documents. */
export const mostBytesADay = 30 * 1024 * 1024;
/** Characters of a file's name, with its ending. */
export const longestName = 120;
/** Characters of what is said about a picture for whoever can't see it. */
export const longestAlt = 500;
/** Pixels of a picture that is sent: a good camera has 24 million, and a bomb of some kilobytes unpacks to a billion. */
export const mostPixels = 40_000_000;
/** Pixels of the longer side as it is kept: as wide as a page, twice as fine. */
export const longestSide = 1_600;

/** For the field that chooses a file. A phone that keeps pictures in its own format sends a JPEG when it reads this. */
export const accepted = 'image/jpeg,image/png,image/webp,image/gif,.pdf,.docx,.pptx,.xlsx,.odt,.odp,.ods,.txt,.md,.csv';

/** "240 KB" */
export const sizeInWords = (bytes: number): string =>
	bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
