/** What each figure is called, what we want of it, and the table that says whether we have it. */
import { titles, type ServerName } from './servers.ts';

type Target = {
	/** How our figure and the others become the number that is compared. */
	of: ServerName | 'best peer' | 'alone' | 'floor plus';
	atMost: number;
};

type Figure = {
	label: string;
	digits: number;
	targets: Target[];
	/** Another figure, where the peers' side of the comparison stands. */
	peersFrom?: string;
};

export const figures: Record<string, Figure> = {
	app: {
		label: 'app CPU s per 1,000 updates',
		digits: 3,
		targets: [
			{ of: 'hocuspocus', atMost: 0.65 },
			{ of: 'level', atMost: 0.4 },
			{ of: 'floor', atMost: 2 }
		]
	},
	'app and database': {
		label: 'app + database CPU s per 1,000 updates',
		digits: 3,
		targets: [{ of: 'hocuspocus', atMost: 1 }]
	},
	p50: { label: 'propagation p50 ms', digits: 2, targets: [{ of: 'alone', atMost: 3 }] },
	p99: { label: 'propagation p99 ms', digits: 1, targets: [{ of: 'floor plus', atMost: 30 }] },
	bytes: { label: 'bytes to clients per update', digits: 0, targets: [{ of: 'hocuspocus', atMost: 0.4 }] },
	'carets app': {
		label: 'with carets: app CPU s per 1,000 updates',
		digits: 3,
		targets: [{ of: 'hocuspocus', atMost: 0.45 }]
	},
	'carets app and database': { label: 'with carets: app + database CPU', digits: 3, targets: [] },
	'carets p50': { label: 'with carets: propagation p50 ms', digits: 2, targets: [] },
	'carets p99': { label: 'with carets: propagation p99 ms', digits: 1, targets: [] },
	'carets bytes': { label: 'with carets: bytes to clients per update', digits: 0, targets: [] },
	rss: {
		label: 'RSS per idle open pair, KB',
		digits: 0,
		targets: [
			{ of: 'hocuspocus', atMost: 0.2 },
			{ of: 'floor', atMost: 2 }
		]
	},
	heap: { label: 'live heap per idle open pair, KB', digits: 0, targets: [{ of: 'hocuspocus', atMost: 0.12 }] },
	'heap left': {
		label: 'live heap after all have left, of before',
		digits: 2,
		targets: [{ of: 'alone', atMost: 1.1 }]
	},
	'idle cpu': {
		label: 'idle CPU s per minute per 1,000 pairs',
		digits: 1,
		targets: [{ of: 'hocuspocus', atMost: 0.3 }]
	},
	'return ms': { label: '500 pairs return at once: ms until all have their text', digits: 0, targets: [] },
	'return cpu': { label: 'the same: server CPU ms', digits: 0, targets: [] },
	'return database cpu': { label: 'the same: database CPU ms', digits: 0, targets: [] },
	'return transactions': { label: 'the same: transactions of the database', digits: 0, targets: [] },
	'app per delivery': {
		label: '200 readers: CPU s per 1,000 deliveries',
		digits: 4,
		targets: [
			{ of: 'floor', atMost: 1.15 },
			{ of: 'hocuspocus', atMost: 0.75 }
		]
	},
	'reader p99': { label: '200 readers: p99 ms', digits: 1, targets: [] },
	'app at full speed': {
		label: 'automerge-paper at full speed: app CPU s per 1,000 updates',
		digits: 4,
		targets: [{ of: 'hocuspocus', atMost: 0.25 }]
	},
	'seconds at full speed': { label: 'the same: seconds until the reader had all', digits: 0, targets: [] },
	'cold ms': { label: 'cold join of it: ms', digits: 0, targets: [{ of: 'best peer', atMost: 0.4 }] },
	'cold cpu': { label: 'cold join: server CPU ms', digits: 0, targets: [{ of: 'best peer', atMost: 0.25 }] },
	'cold KB': { label: 'cold join: KB', digits: 0, targets: [{ of: 'best peer', atMost: 0.5 }] },
	'raw ms': {
		peersFrom: 'cold ms',
		label: 'cold join, killed as the last edit was shown: ms',
		digits: 0,
		targets: [{ of: 'best peer', atMost: 0.4 }]
	},
	'raw cpu': {
		peersFrom: 'cold cpu',
		label: 'the same: server CPU ms',
		digits: 0,
		targets: [{ of: 'best peer', atMost: 0.25 }]
	},
	'raw KB': {
		peersFrom: 'cold KB',
		label: 'the same: KB',
		digits: 0,
		targets: [{ of: 'best peer', atMost: 0.5 }]
	},
	'warm cpu': { label: 'warm join: server CPU ms', digits: 2, targets: [{ of: 'best peer', atMost: 0.2 }] },
	'crowd cpu': { label: '40 joins at once: server CPU ms', digits: 0, targets: [{ of: 'best peer', atMost: 0.1 }] },
	'behind cpu': { label: 'join 200 edits behind: server CPU ms', digits: 2, targets: [{ of: 'best peer', atMost: 1 }] }
};

type Measured = Partial<Record<ServerName, number | null>>;
type Verdict = { of: Target['of']; value: number; atMost: number; met: boolean };

const columns: ServerName[] = ['ours', 'floor', 'level', 'hocuspocus'];

/** @param measured by figure, then by server; null where a server never came so far */
export function tableOf(measured: Record<string, Measured>) {
	const lines = [
		`| figure | ${columns.map((name) => titles[name]).join(' | ')} | ratio | target | |`,
		`|---|${'---|'.repeat(columns.length + 3)}`
	];
	const results: Record<string, Measured & { verdicts: Verdict[] }> = {};
	for (const [name, { label, digits, targets, peersFrom }] of Object.entries(figures)) {
		const values = measured[name];
		if (!values) continue;
		const verdicts = targets.flatMap(
			(target) => verdictOf({ ...measured[peersFrom ?? name], ...values }, target) ?? []
		);
		results[name] = { ...values, verdicts };
		const cells = columns.map((server) => {
			const value = values[server];
			return value === undefined ? '-' : value === null ? 'never whole' : value.toFixed(digits);
		});
		const each = (say: (verdict: Verdict) => string) => verdicts.map(say).join('; ');
		const ratios = each(({ of, value }) =>
			isRatio(of) ? `${value.toFixed(2)} of ${nameOf(of)}` : value.toFixed(digits)
		);
		const wanted = each(({ of, atMost }) => (of === 'floor plus' ? `floor + 30` : `≤ ${atMost}`));
		const met = each(({ met }) => (met ? 'met' : '**not met**'));
		lines.push(`| ${[label, ...cells, ratios, wanted, met].join(' | ')} |`);
	}
	return { text: lines.join('\n'), results };
}

const isRatio = (of: Target['of']) => of !== 'alone' && of !== 'floor plus';
const nameOf = (of: Target['of']) =>
	of === 'hocuspocus' ? 'Hocuspocus' : of === 'level' ? 'y-websocket' : of === 'best peer' ? 'the best peer' : of;

/** Nothing where a figure is missing: what was not measured is neither met nor not met. */
function verdictOf(values: Measured, { of, atMost }: Target): Verdict | undefined {
	const mine = values.ours;
	if (mine == null) return undefined;
	if (of === 'alone') return { of, value: mine, atMost, met: mine <= atMost };
	if (of === 'floor plus') {
		if (values.floor == null) return undefined;
		return { of, value: mine - values.floor, atMost, met: mine - values.floor <= atMost };
	}
	const other =
		of === 'best peer' ? Math.min(...[values.level, values.hocuspocus].filter((value) => value != null)) : values[of];
	if (other == null || !Number.isFinite(other)) return undefined;
	return { of, value: mine / other, atMost, met: mine / other <= atMost };
}
