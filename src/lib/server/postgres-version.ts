/**
 * The releases of PostgreSQL in which what our walls stand on was mended: row policies that are forgotten when a plan is
 * used again under another role (CVE-2024-10976), statistics that show hidden rows (CVE-2025-8713), dumps that run code
 * where they are read (CVE-2025-8714, CVE-2025-8715). From 18 on every release has them.
 */
const mended: Record<number, number> = { 15: 14, 16: 10, 17: 6 };

/**
 * What to say of a release that lacks them, beginning with its number; null when it has them or we can't tell.
 *
 * A warning and not a refusal: whoever rents a database can't upgrade it in the minute in which it is needed, and a start
 * that fails takes their words from people. And these holes are not open to requests of ours: no plan is used again under
 * another role, because each role's statements are planned anew or have a connection of their own, and nobody sends SQL.
 * @param number as `server_version_num` says it: 170006 is 17.6
 */
export function behindMended(number: number): string | null {
	const [major, minor] = [Math.floor(number / 10_000), number % 10_000];
	const needed = mended[major];
	if (needed === undefined || !(minor < needed)) return null;
	return `${major}.${minor}, which lacks security fixes that ${major}.${needed} has (CVE-2024-10976, CVE-2025-8713 to -8715). Everything works; please upgrade it to the newest ${major} soon.`;
}
