/* The package `wsl-utils` for oclif, which asks at each start whether it runs in WSL, and for the rest on Windows only. */
module.exports = {
	get isWsl() {
		return require('is-wsl').default;
	},
	powerShellPath: async () => require('wsl-utils').powerShellPath(),
};
