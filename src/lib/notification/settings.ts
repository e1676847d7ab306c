/** How somebody wants to be told: what may be chosen, and what holds until they choose. Pure. */
import { Refusal } from '#lib/errors.ts';
import { type Group, groupNames, isGroup, type MailWay } from './kinds.ts';

/** `off`: no mail of this group at all, invitations of calendars too. */
export type Choice = 'soon' | 'digest' | 'off';
export type Choices = Partial<Record<Group, Choice>>;

export type Settings = {
	mail: Choices;
	digest: 'daily' | 'weekly' | 'off';
	/** 1 is Monday. */
	digestWeekday: number;
	digestHour: number;
	/** `HH:MM`, on the person's clock. The same twice: none. */
	quietFrom: string;
	quietTo: string;
};

export const usual: Settings = {
	mail: {},
	digest: 'weekly',
	digestWeekday: 1,
	digestHour: 7,
	quietFrom: '19:00',
	quietTo: '07:00'
};

/** How mail of a kind goes for somebody: as they chose for its group, else as the kind does. */
export function wayOf({ mail, group }: { mail: MailWay; group: Group }, settings: Settings): MailWay {
	const chosen = settings.mail[group];
	if (chosen === 'off' || mail === 'none') return 'none';
	// An invitation is of no use on Monday next.
	const way = mail === 'at-once' ? mail : (chosen ?? mail);
	return way === 'digest' && settings.digest === 'off' ? 'none' : way;
}

const isClock = (text: unknown): text is string => typeof text === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
const numberIn = (text: unknown, least: number, most: number): number | null => {
	const number = typeof text === 'string' && /^\d{1,2}$/.test(text) ? Number(text) : NaN;
	return number >= least && number <= most ? number : null;
};

/** Reads the form of the settings. @throws Refusal rule, with what is wrong */
export function readSettingsForm(form: FormData): Settings {
	const mail: Choices = {};
	for (const group of groupNames) {
		const chosen = form.get(`mail-${group}`);
		if (chosen === null || chosen === '') continue;
		if (chosen !== 'soon' && chosen !== 'digest' && chosen !== 'off')
			throw new Refusal(
				'rule',
				'One of these is no way of mail that there is. Please choose again; nothing was changed.'
			);
		mail[group] = chosen;
	}
	const digest = form.get('digest');
	if (digest !== 'daily' && digest !== 'weekly' && digest !== 'off')
		throw new Refusal('rule', 'Please choose how often the digest comes. Nothing was changed.');
	const digestWeekday = numberIn(form.get('digest-weekday') ?? '1', 1, 7);
	const digestHour = numberIn(form.get('digest-hour') ?? '7', 0, 23);
	if (digestWeekday === null || digestHour === null)
		throw new Refusal('rule', 'Please choose a day and a full hour for the digest. Nothing was changed.');
	const isQuiet = form.has('quiet');
	const quietFrom = isQuiet ? form.get('quiet-from') : '00:00';
	const quietTo = isQuiet ? form.get('quiet-to') : '00:00';
	if (!isClock(quietFrom) || !isClock(quietTo))
		throw new Refusal(
			'rule',
			'Please say from when until when it is quiet, such as 19:00 and 07:00. Nothing was changed.'
		);
	return { mail, digest, digestWeekday, digestHour, quietFrom, quietTo };
}

/** What stands in the database, which an older or newer version may have written. */
export function settingsOf(row: (Omit<Settings, 'mail'> & { mail: unknown }) | null | undefined): Settings {
	if (!row) return usual;
	const stored = typeof row.mail === 'object' && row.mail !== null ? Object.entries(row.mail) : [];
	const mail = Object.fromEntries(
		stored.filter(([group, way]) => isGroup(group) && (way === 'soon' || way === 'digest' || way === 'off'))
	) as Choices;
	return {
		mail,
		digest: row.digest,
		digestWeekday: row.digestWeekday,
		digestHour: row.digestHour,
		quietFrom: row.quietFrom.slice(0, 5),
		quietTo: row.quietTo.slice(0, 5)
	};
}
