import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {seedCode} from './shared-code.js';

/** A fresh home, with folders for kling and npm, and without network access. */
export function npmHome(prefix: string) {
	const home = mkdtempSync(path.join(tmpdir(), prefix));
	seedCode(path.join(home, 'cache'));
	return {
		home,
		env: {
			HOME: home,
			XDG_CONFIG_HOME: path.join(home, 'config'),
			XDG_CACHE_HOME: path.join(home, 'cache'),
			XDG_DATA_HOME: path.join(home, 'data'),
			npm_config_cache: path.join(home, 'npm'),
			npm_config_offline: 'true',
		},
	};
}
