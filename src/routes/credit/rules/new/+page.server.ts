import { fail, redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readRecording, recordRule } from '#lib/credit/credit.server.ts';
import type { Typed } from '#lib/credit/wish.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

const askedIn = ({ searchParams }: URL) => ({
	jurisdiction: searchParams.get('in')?.slice(0, 10) ?? '',
	kind: searchParams.get('kind') === 'conversion' ? ('conversion' as const) : ('rule' as const),
	instead: searchParams.get('instead')?.slice(0, 40) || null
});

export const load: PageServerLoad = async ({ locals, url }) =>
	readRecording(db(), { person: await requirePasskey(locals, db()), proof: locals.session }, askedIn(url));

const names = [
	...(['purpose', 'unit', 'value', 'statement', 'approver', 'issuer', 'issuerNamed', 'item'] as const),
	...(['from', 'until', 'source', 'asOf', 'reason', 'fromUnit', 'toUnit', 'ratio'] as const)
];

export const actions: Actions = {
	default: async (event) => {
		const person = await requirePasskey(event.locals, db());
		const form = await formOf(event.request);
		const text = (name: string) => {
			const value = form.get(name);
			return typeof value === 'string' ? value.slice(0, 5000) : '';
		};
		const typed = Object.fromEntries(names.map((name) => [name, text(name)])) as Typed;
		const by = { person, proof: event.locals.session, whence: whenceOf(event) };
		const asked = askedIn(event.url);
		const recorded = await answer(recordRule(db(), by, asked, typed));
		if (isRefused(recorded)) return fail(recorded.status, { ...recorded.data, typed });
		redirect(303, `/credit/rules?in=${asked.jurisdiction}&recorded=${recorded}#${recorded}`);
	}
};
