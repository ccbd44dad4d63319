import {type Browser, chromium} from 'playwright-core';

/** Starts the browser that the tests of pages use; without these words it asks the network for things of its own. */
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
