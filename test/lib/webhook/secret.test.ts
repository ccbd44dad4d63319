import {expect, test} from 'vitest';
import {requireSecrets, webhookSecretValues} from '../../../src/lib/webhook/secret.js';

test('a variable that has the name of something that every object has is not set', () => {
	expect(() => requireSecrets({}, 'constructor')).toThrow('constructor is not set');
	expect(webhookSecretValues({}, '__proto__')).toEqual([]);
});
