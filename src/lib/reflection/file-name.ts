/** Names that Windows keeps for itself, with and without an ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
/** As long as it tells what it is; folder and number in front stay far under the 260 signs of an old Windows. */
const longest = 60;

/** A title as the name of a file that every system takes, without an ending. */
export function fileNameOf(title: string): string {
	const plain = title
		.normalize('NFC')
		// Not allowed on Windows, or invisible, or they turn the writing around.
		.replace(/[<>:"/\\|?*\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const short = [...plain]
		.slice(0, longest)
		.join('')
		.replace(/[. ]+$/, '');
	return short === '' || reserved.test(short) ? 'reflection' : short;
}
