import {spawn} from 'node:child_process';

/** What opens an address with the program that the user prefers, by platform. */
const openers: Readonly<Partial<Record<NodeJS.Platform, (url: string) => [string, ...string[]]>>> = {
	darwin: (url) => ['open', url],
	// `start` would take the first quoted word for a title.
	win32: (url) => ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')],
};

/**
 * Opens an address in the default browser.
 * @param program replaces the platform's own, as BROWSER in the environment does
 * @returns whether something could be started
 */
export function openBrowser(url: string, program = process.env.BROWSER): Promise<boolean> {
	const [command, ...args] = program
		? [program, url]
		: (openers[process.platform]?.(url) ?? (['xdg-open', url] as [string, string]));
	return new Promise((resolve) => {
		const child = spawn(command, args, {stdio: 'ignore', detached: true});
		child.once('error', () => resolve(false));
		child.once('spawn', () => {
			child.unref();
			resolve(true);
		});
	});
}
