/*
 * Replaces the package `wsl-utils` for oclif, which checks at each start whether it runs in WSL, and uses the rest only on
 * Windows.
 */
module.exports = {
	get isWsl() {
		return require('is-wsl').default;
	},
	powerShellPath: async () => require('wsl-utils').powerShellPath(),
};
