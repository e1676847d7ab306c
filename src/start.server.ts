/**
 * Starts what a process needs once: settings, database, migrations, the demo cast, the mail courier, the live engine.
 * Both the framework's `init` and the socket upgrade await `ready()`; whoever comes first starts it. Kept on
 * `globalThis`, because Vite evaluates a module again after an edit and nothing here may start twice.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startCourier, sweepMail } from '#lib/server/courier.server.ts';
import { closeBus, openBus } from '#lib/server/bus/bus.ts';
import { setCurrent } from '#lib/server/current.ts';
import { startStopping } from '#lib/server/health.ts';
import { countPrograms } from '#lib/counts/tally.server.ts';
import { closeLimits, sweepLimits } from '#lib/server/limits/limits.server.ts';
import { warningsOfLines } from '#lib/server/line.ts';
import { openDatabase } from '#lib/server/open-database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { migrate } from '#lib/server/migrate.ts';
import { checkRecipients } from '#lib/server/sealing.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import { sweepAudit } from '#lib/audit/audit.server.ts';
import { sweepDrafts } from '#lib/catalogue/importing.server.ts';
import { refreshCalendars } from '#lib/meeting/calendars.server.ts';
import { sweepFiles } from '#lib/discussion/files.server.ts';
import { tellCheckIns } from '#lib/checkin/telling.server.ts';
import { tellModeration } from '#lib/discussion/moderation-telling.server.ts';
import { publishNameless } from '#lib/discussion/nameless.server.ts';
import { mutedInCohort, stillInCohort, tellThreads } from '#lib/discussion/telling.server.ts';
import { addressOf, tellMeetings } from '#lib/meeting/telling.server.ts';
import { sendPushes } from '#lib/notification/push.server.ts';
import { sendHeld, sweepNotices } from '#lib/notification/rounds.server.ts';
import { stillInPair } from '#lib/pairing/told.server.ts';
import { sweepPasskeyChallenges } from '#lib/identity/passkey.server.ts';
import { sweepSessions } from '#lib/identity/session.server.ts';
import { sweepSignInLinks } from '#lib/identity/sign-in.server.ts';
import { sweepWaysIn } from '#lib/identity/ways-in.server.ts';
import { sweepDeletions } from '#lib/own-data/deletion.server.ts';
import { sendLetters } from '#lib/progress/letter.server.ts';
import { grantOutcomes } from '#lib/progress/outcomes.server.ts';
import { tellReached } from '#lib/progress/reach.server.ts';
import { closeNews, openNews, toldThread } from '#lib/discussion/news.server.ts';
import { closeLive } from '#lib/reflection/live.server.ts';

type Running = { stop(): Promise<void> };

const key = Symbol.for('wayfellow.running');
const shelf = globalThis as { [key]?: Promise<Running> };

/** Resolves when the product can answer; the same promise for everybody. */
export async function ready(): Promise<void> {
	await (shelf[key] ??= start());
}

/** Ends what `ready()` started, once. Sockets are closed before, by whoever owns the server. */
export async function stop(): Promise<void> {
	const running = shelf[key];
	delete shelf[key];
	await running?.then(
		({ stop }) => stop(),
		() => {} // it never started, and said why
	);
}

async function start(): Promise<Running> {
	const settings = readSettings();
	checkOrigin(settings);
	if (settings.BACKUP_RECIPIENT) await checkRecipients(settings.BACKUP_RECIPIENT);
	const began = performance.now();
	const say = (line: string) => console.log(line);
	if (!settings.DATABASE_URL && !existsSync(join(settings.DATA_DIR, 'database')))
		say(`Wayfellow makes its database in ${settings.DATA_DIR}. This happens once and takes some seconds.`);

	const database = await openDatabase(settings);
	try {
		const applied = await migrate(database, { recipient: settings.BACKUP_RECIPIENT });
		if (applied.length > 0) say(`Brought the tables up to date (${applied.length} migrations).`);
		if (settings.DEMO) {
			// Only in demo: the product itself carries no seeds around.
			const { plantCast } = await import('./seed/plant.server.ts');
			await plantCast(database);
			await countPrograms(database);
		}
		setCurrent(database);
		openNews(database, openBus(database, settings.REDIS_URL));
		const courier = await startCourier(database, settings);
		const sweeping = sweepEveryHour(() =>
			Promise.all([
				sweepSessions(database),
				sweepPasskeyChallenges(database),
				sweepSignInLinks(database),
				sweepWaysIn(database),
				sweepMail(database),
				sweepNotices(database),
				sweepAudit(database),
				sweepDeletions(database),
				sweepDrafts(database),
				sweepFiles(database),
				sweepLimits(database),
				grantOutcomes(database)
			])
		);
		// What was earned in the last hours is granted soon; the hourly look finds whatever this one missed.
		const granting = setInterval(
			() =>
				void grantOutcomes(database, new Date(), new Date(Date.now() - 2 * 3_600_000)).catch((error: unknown) =>
					log('grant-failed', traceOf(error))
				),
			60_000
		);
		granting.unref();
		const origin = settings.ORIGIN ?? `http://localhost:${settings.PORT}`;
		const stillConcerns = { pair: stillInPair, cohort: stillInCohort };
		const rounds = [
			// Mails leave soon after what they are about.
			everyFew(5_000, 'meetings-not-told', () => tellMeetings(database, addressOf(settings.MAIL_FROM), origin)),
			everyFew(5_000, 'check-ins-not-told', () => tellCheckIns(database)),
			// What is said in a cohort stands in everybody's list within a second.
			everyFew(1_000, 'threads-not-told', () => tellThreads(database)),
			everyFew(5_000, 'coaches-not-told', () => tellReached(database)),
			everyFew(5_000, 'notices-not-mailed', () => sendHeld(database, origin, stillConcerns, new Date(), mutedInCohort)),
			everyFew(3_000, 'browsers-not-told', () =>
				sendPushes(database, settings, stillConcerns, new Date(), mutedInCohort)
			),
			// What was asked without a name goes out at its moment; open pages hear of it as of everything.
			everyFew(4_000, 'nameless-not-published', async () => {
				for (const threadId of await publishNameless(database)) toldThread(threadId);
			}),
			everyFew(5_000, 'moderation-not-told', () => tellModeration(database)),
			everyFew(60_000, 'letters-not-sent', () => sendLetters(database, origin)),
			everyFew(60_000, 'calendars-not-read', () => refreshCalendars(database)),
			// Each program every five minutes, by whichever server is first.
			everyFew(60_000, 'programs-not-counted', () => countPrograms(database))
		];

		say(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
		if (settings.DEMO) await introduce(say);
		if (settings.ORIGIN?.startsWith('https:') && !settings.ADDRESS_HEADER)
			say(
				'ORIGIN is an https address, so a proxy stands in front. Set ADDRESS_HEADER: until then everybody counts as one where requests are limited.'
			);
		for (const warning of warningsOfLines(settings)) say(warning);
		if (!settings.DEMO && !settings.SMTP_URL) say('SMTP_URL is not set: sign-in mail can not leave this server.');

		const running: Running = {
			async stop() {
				clearInterval(sweeping);
				clearInterval(granting);
				await Promise.all(rounds.map((end) => end()));
				await closeNews();
				await closeLive(); // what was typed last is stored while there is a database
				await closeBus();
				await courier.stop();
				await closeLimits();
				setCurrent(null);
				await database.close();
			}
		};
		// A load balancer that asks on an open line hears of it at once.
		for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, startStopping);
		// adapter-node sends this once the last request is answered.
		process.once('sveltekit:shutdown', () => void stop());
		return running;
	} catch (error) {
		await database.close();
		throw error;
	}
}

/** A session cookie over plain http can be read on the way; a demo has nothing worth reading. */
function checkOrigin({ ORIGIN, DEMO }: Settings): void {
	if (!ORIGIN || DEMO) return;
	const { protocol, hostname } = new URL(ORIGIN);
	if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
		throw new Error(
			`Wayfellow can't start:\n  ORIGIN is ${ORIGIN}, and sign-in cookies must not travel over plain http. Give it an https address.`
		);
}

function sweepEveryHour(sweep: () => Promise<unknown>): NodeJS.Timeout {
	const once = () => sweep().catch((error: unknown) => log('sweep-failed', traceOf(error)));
	void once();
	const timer = setInterval(once, 3_600_000);
	timer.unref();
	return timer;
}

/** Does something again and again, never twice at once. @returns ends it, once the round that goes on is done */
function everyFew(ms: number, failed: string, work: () => Promise<unknown>): () => Promise<void> {
	let round: Promise<unknown> | null = null;
	const timer = setInterval(() => {
		round ??= work()
			.catch((error: unknown) => log(failed, traceOf(error)))
			.finally(() => (round = null));
	}, ms);
	timer.unref();
	return async () => {
		clearInterval(timer);
		await round;
	};
}

async function introduce(say: (line: string) => void): Promise<void> {
	const { introductions } = await import('./seed/introductions.ts');
	say('\nIn this demo you can sign in on /sign-in with one click, as:');
	for (const { name, role, find } of introductions.flatMap((group) => group.people))
		say(`  ${name.padEnd(16)} ${role.padEnd(16)} ${find}`);
	say('');
}
