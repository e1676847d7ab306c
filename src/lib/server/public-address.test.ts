import { expect, test } from 'vitest';
import { isPublicAddress } from './public-address.ts';

test.for<[address: string, is: boolean]>([
	['8.8.8.8', true],
	['93.184.215.14', true],
	['172.15.255.255', true],
	['172.32.0.0', true],
	['100.63.255.255', true],
	['2606:4700:4700::1111', true],
	['2a00:1450:4001:800::200e', true],
	['0.0.0.0', false],
	['10.0.0.1', false],
	['100.64.0.1', false],
	['127.0.0.1', false],
	['127.255.255.254', false],
	['169.254.169.254', false], // where clouds keep the keys of their machines
	['172.16.0.1', false],
	['172.31.255.255', false],
	['192.0.0.192', false], // the same in another cloud
	['192.168.1.1', false],
	['198.18.0.1', false],
	['224.0.0.1', false],
	['255.255.255.255', false],
	['::', false],
	['::1', false],
	['::ffff:127.0.0.1', false],
	['::ffff:8.8.8.8', false], // mapped: whoever means the IPv4 address can say it
	['::ffff:7f00:1', false],
	['64:ff9b::7f00:1', false],
	['fe80::1', false],
	['fe80::1%eth0', false],
	['fc00::1', false],
	['fd00:ec2::254', false], // a cloud's again
	['ff02::1', false],
	['2001::1', false],
	['2001:db8::1', false],
	['2002:7f00:1::', false],
	['3fff::1', false],
	['localhost', false],
	['127.1', false],
	['[::1]', false],
	['', false]
])('%s → %s', ([address, is]) => expect(isPublicAddress(address)).toBe(is));
