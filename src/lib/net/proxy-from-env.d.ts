declare module 'proxy-from-env' {
	/** @returns address of the proxy, or '' for none */
	export function getProxyForUrl(url: string): string;
}
