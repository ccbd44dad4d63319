import {spawn} from 'node:child_process';
import {withoutKeys} from '../../lib/config/credentials.js';

/** Commands that open a URL in the user's preferred program, by platform. */
const openers: Readonly<Partial<Record<NodeJS.Platform, (url: string) => [string, ...string[]]>>> = {
	darwin: (url) => ['open', url],
	// `start` takes its first quoted argument for a window title.
	win32: (url) => ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')],
};

/**
 * Opens a URL in the default browser.
 * @param program replaces the platform's own, like the variable BROWSER
 * @returns whether a program could be started
 */
export function openBrowser(url: string, program = process.env.BROWSER): Promise<boolean> {
	const [command, ...args] = program
		? [program, url]
		: (openers[process.platform]?.(url) ?? (['xdg-open', url] as [string, string]));
	return new Promise((resolve) => {
		const child = spawn(command, args, {stdio: 'ignore', detached: true, env: withoutKeys(process.env)});
		child.once('error', () => resolve(false));
		child.once('spawn', () => {
			child.unref();
			resolve(true);
		});
	});
}
