/** Names inside a reflection's Yjs document that the browser, the server and the scripts must agree on. */

/** The XML fragment that the editor shows; y-prosemirror's own default, so any stock editor finds the text. */
export const rootName = 'prosemirror';

/** The map with what people say about the text: by the id that its mark has there, see comments.ts. */
export const commentsName = 'comments';

/** The map in which the two say which rows of the rubric they hold for covered: true or false by row, see answered.ts. */
export const rubricName = 'rubric';

/** The map that says which letters were put back after they went along with a block: how many from each on, see taken-along.ts. */
export const backName = 'put-back';
