import {type Browser, chromium} from 'playwright-core';

/** Starts the browser for tests of pages. Without these arguments it makes network requests of its own. */
export function startBrowser(): Promise<Browser> {
	const args = [
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
	];
	return chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: [
			...args,
			'--disable-component-update',
			'--disable-sync',
			'--autoplay-policy=no-user-gesture-required',
		],
	});
}
