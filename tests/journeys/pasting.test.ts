/** What word processors put on the clipboard, as they write it, and what becomes of it in a reflection. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../src/seed/cast.ts';
import { openBrowser } from '../browser.ts';
import { startProduct, type Product } from '../product.ts';
import { editor, freshReflection, openReflection, soonMs, visit } from './visit.ts';

const { noor, idris } = cast.people;
let product: Product;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	[product, browser] = await Promise.all([startProduct(), openBrowser()]);
	page = await visit(browser, product.base, noor);
	await openReflection(page, await freshReflection(product, noor, idris));
});
afterAll(() => Promise.all([browser?.close(), product?.stop()]));

/** Pastes into an empty text; answers with what stands there, without attributes but addresses. */
async function pasted(html: string, text = ''): Promise<string> {
	await editor(page).click();
	await page.keyboard.press('Control+a');
	await page.keyboard.press('Delete');
	await page.keyboard.press('Control+a');
	await page.keyboard.press('Backspace');
	await editor(page).evaluate(
		(element, [html, text]) => {
			const clipboardData = new DataTransfer();
			if (html) clipboardData.setData('text/html', html);
			clipboardData.setData('text/plain', text!);
			element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
		},
		[html, text]
	);
	// What understands Word comes when it is first needed.
	await expect.poll(() => editor(page).evaluate((element) => element.textContent), { timeout: soonMs }).not.toBe('');
	return editor(page).evaluate((element) =>
		element.innerHTML
			.replace(/<br class="ProseMirror-trailingBreak">|<img class="ProseMirror-separator"[^>]*>/g, '')
			.replace(/ rel="[^"]*"/g, '')
			.replaceAll('\u00a0', ' ')
	);
}

const bullet = (sign: string) =>
	`<![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>`;
const wordItem = (sign: string, level: number, words: string, list = 'l0') =>
	`<p class=MsoListParagraphCxSpMiddle style='margin-left:${level * 0.5}in;mso-add-space:auto;text-indent:-.25in;mso-list:${list} level${level} lfo1'>${bullet(sign)}<span lang=EN-US>${words}<o:p></o:p></span></p>`;
const word = (body: string) =>
	`<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><style><!-- /* Font Definitions */ @font-face {font-family:Wingdings;} p.MsoNormal {margin:0in;} --></style></head><body lang=EN-US style='tab-interval:.5in'><!--StartFragment-->${body}<!--EndFragment--></body></html>`;

const docs = (body: string) =>
	`<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-5a1b2c3d-7fff">${body}</b><br class="Apple-interchange-newline">`;
const docsSpan = (words: string, look = '') =>
	`<span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;background-color:transparent;font-weight:400;font-style:normal;text-decoration:none;vertical-align:baseline;white-space:pre-wrap;${look}">${words}</span>`;
const docsP = (inner: string) => `<p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;">${inner}</p>`;
const docsItem = (words: string, level = 1) =>
	`<li dir="ltr" style="list-style-type:disc;font-size:11pt" aria-level="${level}"><p dir="ltr" style="line-height:1.38" role="presentation">${docsSpan(words)}</p></li>`;

const fixtures: [what: string, html: string, becomes: string][] = [
	[
		'Word: headings, bold, slanted, a link, and no empty paragraphs',
		word(
			`<p class=MsoTitle>My year<o:p></o:p></p><h1><span lang=EN-US>What I tried<o:p></o:p></span></h1><p class=MsoNormal><b><span lang=EN-US>Five</span></b><span lang=EN-US> seconds, <i>every</i> time. <a href="https://example.org/x"><span style='color:#0563C1'>See</span></a><o:p></o:p></span></p><p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>The end.<o:p></o:p></p>`
		),
		'<h2>My year</h2><h2>What I tried</h2><p><strong>Five</strong> seconds, <em>every</em> time. <a href="https://example.org/x">See</a></p><p>The end.</p>'
	],
	[
		'Word: lists in lists, numbers after bullets, and a second list',
		word(
			wordItem('·', 1, 'one') +
				wordItem('1.', 2, 'first') +
				wordItem('2.', 2, 'second') +
				wordItem('§', 3, 'deepest') +
				wordItem('·', 1, 'two') +
				wordItem('a)', 1, 'lettered', 'l1') +
				'<p class=MsoNormal>After.</p>' +
				wordItem('·', 2, 'begins deep')
		),
		'<ul><li><p>one</p><ol><li><p>first</p></li><li><p>second</p><ul><li><p>deepest</p></li></ul></li></ol></li><li><p>two</p></li></ul><ol><li><p>lettered</p></li></ol><p>After.</p><ul><li><ul><li><p>begins deep</p></li></ul></li></ul>'
	],
	[
		'Word: quotations, and neither comments nor what is hidden',
		word(
			`<p class=MsoQuote>They said so.<o:p></o:p></p><p class=MsoIntenseQuote>Twice.</p><p class=MsoNormal>Words<a class=msocomanchor id="_anchor_1" href="#_msocom_1">[IO1]</a><span style='mso-hide:all'>secret</span>.</p><div style='mso-element:comment-list'><div style='mso-element:comment'><p class=MsoCommentText>Who were they?</p></div></div>`
		),
		'<blockquote><p>They said so.</p></blockquote><blockquote><p>Twice.</p></blockquote><p>Words.</p>'
	],
	[
		'Word: a table as paragraphs',
		word('<table class=MsoTableGrid><tr><td><p class=MsoNormal>Pupil<o:p></o:p></p></td><td>Pause</td></tr></table>'),
		'<p>Pupil</p><p>Pause</p>'
	],
	[
		'Google Docs: a bold that is none, looks as styles, and room between paragraphs',
		docs(
			`<h2 dir="ltr" style="line-height:1.38">${docsSpan('Second try', 'font-size:16pt;')}</h2>${docsP(docsSpan('I waited ') + docsSpan('five', 'font-weight:700;') + docsSpan(' seconds, ') + docsSpan('really', 'font-style:italic;') + docsSpan('. ') + `<a href="https://example.org/" style="text-decoration:none;">${docsSpan('Here', 'color:#1155cc;text-decoration:underline;')}</a>`)}<br />${docsP(docsSpan('Then I asked.'))}`
		),
		'<h2>Second try</h2><p>I waited <strong>five</strong> seconds, <em>really</em>. <a href="https://example.org/">Here</a></p><p>Then I asked.</p>'
	],
	[
		'Google Docs: lists in lists, beside the item that they belong to',
		docs(
			`<ul style="margin-top:0;padding-inline-start:48px;">${docsItem('one')}<ul>${docsItem('deep', 2)}</ul>${docsItem('two')}</ul><ol>${docsItem('first')}</ol>`
		),
		'<ul><li><p>one</p><ul><li><p>deep</p></li></ul></li><li><p>two</p></li></ul><ol><li><p>first</p></li></ol>'
	],
	[
		'Pages: classes for everything, and empty paragraphs for room',
		`<html><head><style type="text/css">p.p1 {margin: 0.0px} span.s1 {font-kerning: none}</style></head><body><p class="p1"><span class="s1"><b>Day one.</b> It rained.</span></p><p class="p2"><span class="s1"></span><br></p><ul class="ul1"><li class="li1"><span class="s2"></span><span class="s1">one</span></li><li class="li1">two</li></ul></body></html>`,
		'<p><strong>Day one.</strong> It rained.</p><ul><li><p>one</p></li><li><p>two</p></li></ul>'
	],
	[
		'LibreOffice: fonts, a quotation, and breaks inside paragraphs',
		`<!DOCTYPE html><html><head><meta name="generator" content="LibreOffice 24.2"/></head><body lang="en-US"><h1 class="western">Notes</h1><p style="line-height: 100%; margin-bottom: 0in"><font face="Liberation Serif, serif"><font size="3" style="font-size: 12pt"><b>Bold</b> and<br/>\nbroken</font></font></p><p style="margin-bottom: 0in"><br/>\n</p><blockquote>Said.</blockquote><ol><li><p style="margin-bottom: 0in">first</p></li></ol></body></html>`,
		'<h2>Notes</h2><p><strong>Bold</strong> and<br>broken</p><blockquote><p>Said.</p></blockquote><ol><li><p>first</p></li></ol>'
	],
	[
		'a web page: scripts, pictures and links that lead to scripts leave nothing but words',
		'<p onclick="x()">Words<script>alert(1)</script> <a href="javascript:alert(1)">there</a> <img src=x onerror=alert(1)></p><iframe src="https://example.org"></iframe>',
		'<p>Words there</p>'
	]
];

test.for(fixtures)('%s', async ([, html, becomes]) => {
	expect(await pasted(html)).toBe(becomes);
});

test('what is spoken arrives line by line', async () => {
	expect(await pasted('', 'I waited five seconds.\nThree hands went up.\n\nIn the back row.')).toBe(
		'<p>I waited five seconds.</p><p>Three hands went up.</p><p>In the back row.</p>'
	);
});

test('what was copied in a reflection keeps its empty lines', async () => {
	expect(await pasted('<p data-pm-slice="1 1 []">One</p><p></p><p>Two</p>')).toBe('<p>One</p><p></p><p>Two</p>');
});
