import {afterEach, expect, test, vi} from 'vitest';
import {isForeign} from '../../../src/lib/config/permissions.js';

/** Who owns config.json, and who uses it. */
afterEach(() => vi.restoreAllMocks());

const [me, root, other, someone] = [1000, 0, 1001, 1002];

test.each([
	['is ours', me, me, me, false],
	["is root's, as on a machine that somebody manages", me, root, me, false],
	['is of whoever owns its folder, as on a mount without owners', me, other, other, false],
	['was put into our folder by another user', me, other, me, true],
	['was put into the folder of a third user', me, other, someone, true],
	["was put into root's folder by another user", me, other, root, true],
	['is looked at by root, who owns everything', root, other, me, false],
])('a config file that %s', (_, user, uid, folder, foreign) => {
	vi.spyOn(process, 'geteuid').mockReturnValue(user);
	expect(isForeign({uid}, {uid: folder})).toBe(foreign);
});
