/** Prints a key for notices of browsers, as .env takes it. Keep it: browsers that were asked with one know no other. */
import { createECDH } from 'node:crypto';

const key = createECDH('prime256v1');
key.generateKeys();
console.log(`VAPID_PUBLIC=${key.getPublicKey('base64url')}`);
// A number that begins with zeros is printed shorter than it is kept.
console.log(`VAPID_PRIVATE=${Buffer.from(key.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url')}`);
console.log('VAPID_SUBJECT=mailto:you@example.org');
