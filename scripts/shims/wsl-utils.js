/* The package `wsl-utils` for oclif, which asks at each start whether it runs in WSL, and for the rest on Windows only. */
export {default as isWsl} from 'is-wsl';
export const powerShellPath = async () => (await import('wsl-utils')).powerShellPath();
