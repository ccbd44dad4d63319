import {apiCodeTopic, errorTopic, exitCodes, plain, statusTopic} from './error-topics.js';

const environment = `What kling reads from the environment.

WHO YOU ARE
  KLING_ACCESS_KEY, KLING_SECRET_KEY
      key pair of the console; a token is signed for each request
      (aliases KLING_ACCESS_KEY_ID, KLING_SECRET_ACCESS_KEY)
  KLING_PROFILE      profile of \`kling auth login\`, used if no keys are set
  KLING_INSECURE_STORAGE=1
                     \`kling auth login\` stores keys in a file, like
                     --insecure-storage
  KLING_API_KEY      API key, used if no key pair is set (alias KLING_TOKEN)
  KLING_BASE_URL     address of the API, instead of --region (alias
                     KLING_API_BASE); plain http: for this machine only
  KLING_API_STANDARD auto, v1 or tasks: API standard, like --api
  KLING_WEBHOOK_SECRET
                     secret that signs what Kling posts to a callback_url

OUTPUT
  KLING_HUMAN=1      text for people, like --human, if stdout is a terminal
  NO_COLOR, FORCE_COLOR
                     no colour; colour in text for people even on a pipe
  FORCE_HYPERLINK    1 or 0: whether links can be clicked
  COLUMNS            width of tables if the output has none
  KLING_DEBUG=1      a line on stderr about each request, like --debug

NETWORK
  HTTPS_PROXY, ALL_PROXY, NO_PROXY
                     which proxy to use, and for which hosts
  KLING_CA_FILE      certificates to trust as well, like --ca-file
  NODE_EXTRA_CA_CERTS
                     the same, read by Node itself

FOLDERS
  XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME
                     parents of kling-cli/, as absolute paths: settings;
                     journal and plugins; cache
  KLING_STORAGE_ROOT where Kling's own skill stores keys (auth login --import)
  KLING_CONFIG_DIR, KLING_DATA_DIR, KLING_CACHE_DIR
                     the folders themselves

PLUGINS
  npm_config_ignore_scripts=false
                     lets scripts of a plugin's packages run
  KLING_NPM_REGISTRY, KLING_NPM_LOG_LEVEL
                     for npm, when it installs plugins
`;

const output = `What kling prints, and where.

  stdout   one JSON document, of success or of failure, indented by two spaces
  stderr   everything else: progress, notes, warnings; --quiet silences it

SUCCESS   {"success": true, ...}
FAILURE   {"success": false, "error": {"code", "message", "hint", ...}}
          error.retryable says whether the same command may succeed later.
          Exit statuses: kling help exit-codes

SEVERAL TASKS
  For several ids, as arguments or with - on stdin, each task is one line of
  JSON, printed when it is done; the exit status is the highest of theirs.

FLAGS
  --human        text for people: tables, cards, relative times; errors go to
                 stderr
  --json         JSON, the default; overrides --human and KLING_HUMAN
  --query EXPR   part of the document to print, in JMESPath:
                 kling video list --query "tasks[?status=='failed'].task_id"
  --raw          with --query: a text or number without quotes, a list of them
                 one per line; a failure stays a JSON document:
                 id=$(kling video create "a fox" --query task_id --raw)
  --csv          for lists: a header line, then one line per row
  -v, --verbose  more keys
  -o -           the bytes of a download on stdout; the document on stderr

  Keys are snake_case, ids are texts, times are Unix milliseconds.
`;

const plugins = `Plugins add commands, hooks and task types to kling.

  kling plugins install NAME          from the npm registry
  kling plugins install file:x.tgz    from a package on disk
  kling plugins link FOLDER           your own, while you write it
  kling plugins                       what is installed
  kling plugins update                all of them
  kling plugins uninstall NAME

TRUST
  A plugin is code: it runs with your rights, and can read your keys and spend
  your units. Install scripts of its packages do not run, unless
  npm_config_ignore_scripts=false is set.

WRITE ONE
  docs/writing-plugins.md in the repository: how to write and publish a plugin,
  what it may import from kling-cli, and which parts of that are stable.
`;

/**
 * Help that does not belong to a command: `kling help NAME`. `plugins` precedes oclif's own help for those
 * commands.
 */
const topics: Readonly<Record<string, () => string>> = {
	environment: () => environment,
	'exit-codes': exitCodes,
	output: () => output,
	plugins: () => plugins,
};

export const helpTopicNames = Object.keys(topics);

/** The name of the topic that is meant; undefined when there is none. */
export const topicNamed = (name: string): string | undefined =>
	helpTopicNames.find((known) => plain(known) === plain(name));

/**
 * The text of a topic, an exit status, an error code or one of Kling's codes, at most 79 columns wide;
 * undefined when the name is unknown.
 */
export function helpTopic(name: string): string | undefined {
	const topic = topicNamed(name);
	if (topic !== undefined) return topics[topic]?.();
	return statusTopic(name) ?? apiCodeTopic(name) ?? errorTopic(name);
}
