import { expect, test } from 'vitest';
import { packageOf, placesToAsk } from './case-address.ts';

const id = 'a93e5577-b066-57f5-8906-7bad05590bd7';
test.for<[named: string, asked: string[]]>([
	[`https://case.example/ims/case/v1p1/CFPackages/${id}`, [`https://case.example/ims/case/v1p1/CFPackages/${id}`]],
	[`https://case.example/ims/case/v1p0/CFDocuments/${id}`, [`https://case.example/ims/case/v1p0/CFPackages/${id}`]],
	[`https://a.example/b/ims/case/v1p1/CFDocuments/${id}/`, [`https://a.example/b/ims/case/v1p1/CFPackages/${id}`]],
	['https://case.example/ims/case/v1p0', ['https://case.example/ims/case/v1p0/CFDocuments?limit=100']],
	['https://case.example/ims/case/v1p1/', ['https://case.example/ims/case/v1p1/CFDocuments?limit=100']],
	['https://case.example/ims/case/v1p1/CFDocuments', ['https://case.example/ims/case/v1p1/CFDocuments?limit=100']],
	[
		'https://case.example',
		[
			'https://case.example/ims/case/v1p1/CFDocuments?limit=100',
			'https://case.example/ims/case/v1p0/CFDocuments?limit=100'
		]
	],
	['https://case.example/framework.json', ['https://case.example/framework.json']],
	['https://case.example/?framework=1', ['https://case.example/?framework=1']]
])('%s is asked for at %s', ([named, asked]) => expect(placesToAsk(named)).toEqual(asked));

test('a package lies beside the list that names it, and its name leads nowhere else', () => {
	const list = 'https://case.example/b/ims/case/v1p0/CFDocuments?limit=100';
	expect(packageOf(list, id)).toBe(`https://case.example/b/ims/case/v1p0/CFPackages/${id}`);
	expect(packageOf(list, '../../x')).toBe('https://case.example/b/ims/case/v1p0/CFPackages/..%2F..%2Fx');
});
