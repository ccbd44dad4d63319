import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {keepCode, seedCode} from './shared-code.js';

/** A fresh home, with folders for kling and npm, and without network access. */
export function npmHome(prefix: string) {
	const home = mkdtempSync(path.join(tmpdir(), prefix));
	const cache = path.join(home, 'cache');
	seedCode(cache);
	return {
		home,
		/** Lets later homes have the code that was compiled in this one. */
		keepCode: () => keepCode(cache),
		env: {
			HOME: home,
			XDG_CONFIG_HOME: path.join(home, 'config'),
			XDG_CACHE_HOME: cache,
			XDG_DATA_HOME: path.join(home, 'data'),
			npm_config_cache: path.join(home, 'npm'),
			npm_config_offline: 'true',
		},
	};
}
