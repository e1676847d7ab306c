/** A reflection as one web page that needs nothing else: no script, no file beside it, no network. */
import { renderSettled, type SettledText } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { authorOf, type Copy, headLines, type Key, keyLine, keyOf } from './copy.ts';
import { countLine, endsWith, isTalkedOf, resolvedLine, type Talk, whoAndWhen } from './talk.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!);

const style = `:root{color-scheme:light dark}
body{max-width:38em;margin:2.5em auto;padding:0 1.2em;font:1.1em/1.6 Literata,Georgia,serif;color:light-dark(#132620,#eaeae1);background:light-dark(#fdfdfc,#101917);overflow-wrap:break-word}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{margin-bottom:.3em}
header{padding-bottom:1em;border-bottom:1px solid light-dark(#d9dad1,#2f3d38);font-size:.85em;color:light-dark(#54655d,#9ca69d)}
header h1{font-size:2.2em;color:light-dark(#132620,#eaeae1)}
header p,header ul{margin:.2em 0}
a{color:light-dark(#075947,#7ad6b7)}
main{white-space:pre-wrap}
blockquote{margin:1em 0;padding-left:1em;border-left:3px solid light-dark(#7a8477,#6d7f77)}
.by{text-decoration-line:underline;text-decoration-thickness:.1em;text-underline-offset:.25em}
mark{color:inherit;background:light-dark(#fcf0cb,#433215)}
sup{font:600 .68em/1 system-ui,sans-serif;vertical-align:super}
sup a{padding:0 .15em}
.talk{margin-top:2.5em;padding-top:1em;border-top:1px solid light-dark(#d9dad1,#2f3d38);font-size:.9em}
.talk li{margin:1.2em 0;padding-left:.3em}
.talk li p{margin:.2em 0}
.talk .said{white-space:pre-wrap}
.talk .about,.talk>p{font-size:.9em;color:light-dark(#54655d,#9ca69d)}
:target{outline:2px solid currentcolor;outline-offset:3px}
@media print{mark{background:none;border-bottom:1.5px solid}body{max-width:none;margin:0}h1,h2,h3{break-after:avoid}p,li{orphans:3;widows:3}}`;

/** A number for the colour, and the kind of line by its name. */
export const classesOf = ({ line }: Pick<Key, 'line'>, i: number) => `by by-${i + 1} ${line.css}`;

/** Marks the author of each piece of text, and the words that were talked about, if that is to be said. */
export function markedBy(copy: Pick<Copy, 'authors' | 'text'>) {
	const key = keyOf(copy);
	return (html: string, part: Parameters<typeof authorOf>[0]): string => {
		const author = key.findIndex(({ id }) => id === authorOf(part));
		const words = isTalkedOf(part) ? `<mark>${html}</mark>` : html;
		return author < 0
			? words
			: `<span class="${classesOf(key[author]!, author)}" title="${escaped(key[author]!.name)}">${words}</span>`;
	};
}

/** The numbers of the comments on the words that end here; each leads to what was said. */
export const numberedBy = (part: SettledText): string =>
	endsWith(part)
		.map((n) => `<sup><a id="words-${n}" href="#comment-${n}" aria-label="Comment ${n}">${n}</a></sup>`)
		.join('');

/** What was said about the text, each with a way back to its words. */
export const talkHtml = (talk: readonly Talk[]): string => `<section class="talk" aria-labelledby="talk">
<h2 id="talk">Comments</h2>
<p>${escaped(countLine(talk))}</p>
${talk.length > 0 ? `<ol>\n${talk.map(oneHtml).join('\n')}\n</ol>\n` : ''}</section>`;

function oneHtml(one: Talk): string {
	const { number, isPlaced, about, said } = one;
	const resolved = resolvedLine(one);
	return `<li id="comment-${number}"><p class="about">${isPlaced ? `<a href="#words-${number}">${escaped(about)}</a>` : escaped(about)}</p>${said
		.map(
			(post) =>
				`<p class="who"><strong>${escaped(post.by)}</strong>${escaped(whoAndWhen(post).slice(post.by.length))}</p>${
					post.words ? `<p class="said">${escaped(post.words)}</p>` : ''
				}${post.notes.map((note) => `<p class="about">${escaped(note)}</p>`).join('')}`
		)
		.join('')}${resolved ? `<p class="about">${escaped(resolved)}</p>` : ''}</li>`;
}

export function makeHtml(copy: Copy): string {
	const key = keyOf(copy);
	const content = tidy(copy.text.content);
	const inks = key
		.map(
			({ line, ink }, i) =>
				`.by-${i + 1}{text-decoration-style:${line.css};text-decoration-color:light-dark(#${ink},currentcolor)}`
		)
		.join('\n');
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(copy.title)}</title>
<style>${style}${inks && `\n${inks}`}</style>
<header>
<h1>${escaped(copy.title)}</h1>
${headLines(copy)
	.map((line) => `<p>${escaped(line)}</p>`)
	.join('\n')}
${
	key.length > 0
		? `<p>Who wrote which words:</p>\n<ul>\n${key.map((author, i) => `<li><span class="${classesOf(author, i)}">${escaped(keyLine(author))}</span></li>`).join('\n')}\n</ul>\n`
		: ''
}</header>
<main>${content.length > 0 ? renderSettled({ content }, markedBy(copy), numberedBy) : '<p>Nothing is written yet.</p>'}</main>
${copy.talk ? `${talkHtml(copy.talk)}\n` : ''}</html>
`;
}
