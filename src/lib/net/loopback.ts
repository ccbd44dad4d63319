/** Whether a URL names this machine. */
export function isLoopback({hostname}: {hostname: string}): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
