import type {ProgramName} from './program-name.js';
import type {Shell} from './shells.js';

/*
 * The functions that a shell loads. They call `kling __complete` and show what it prints. They contain no
 * commands or flags, so they stay correct when those change. stderr and stdin are kept away from the line
 * that is being typed.
 */

/** Where another program is named `kling`, only the second name is this program's. */
export const names = (own: string) => (own === 'kling-cli' ? ['kling-cli'] : ['kling', 'kling-cli']);

/** An alias such as `k` completes like `kling`. */
const bash = (own: string) => `_kling() {
	local program=\${1##*/} answer line
	[[ $program == kling-cli ]] || program=${own}
	COMPREPLY=()
	answer=$(command "$program" __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
	if [[ $answer == files ]]; then
		compopt -o default 2>/dev/null
		return
	fi
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done <<<"\${answer#words}"
	[[ \${COMPREPLY[0]} ]] || COMPREPLY=("\${COMPREPLY[@]:1}")
}
complete -o nosort -F _kling ${names(own).join(' ')} 2>/dev/null || complete -o default -F _kling ${names(own).join(' ')}`;

/**
 * zsh loads this file by its name at the first TAB. It then defines the function and calls it. Words are
 * listed in the order in which they are printed.
 */
const zsh = (own: string) => `_kling() {
	local program=\${words[1]:t}
	[[ $program == kling-cli ]] || program=${own}
	local -a answer=("\${(@f)$(command $program __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
	if [[ $answer[1] == files ]]; then
		[[ $PREFIX == -*=* ]] && compset -P '*='
		_files
		return
	fi
	local -a values shown list
	local line
	integer width=0
	for line in "\${(@)answer[2,-1]}"; do
		values+=("\${line%%$'\\t'*}")
		(( $#values[-1] > width )) && width=$#values[-1]
	done
	for line in "\${(@)answer[2,-1]}"; do
		if [[ $line == *$'\\t'* ]]; then
			list=(-l)
			line="\${(r:width:)line%%$'\\t'*}  -- \${line#*$'\\t'}"
		fi
		shown+=("\${(mr:COLUMNS-1:)line}")
	done
	(( $#list )) || shown=("\${(@)values}")
	# Not _describe, which sorts.
	(( $#values )) && _wanted -V kling expl word compadd $list -d shown -a values
}
_kling "$@"`;

/** When the condition fails, fish offers files as usual. */
const fish = (own: string) => `function __kling_ask
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	set -l program (string replace -r '.*/' '' -- $words[1])
	test "$program" = kling-cli; or set program ${own}
	set -l answer (command $program __complete fish -- $words[2..-1] "$current" 2>/dev/null </dev/null)
	set -g __kling_answer $answer[2..-1]
	test "$answer[1]" != files
end
${names(own)
	.map((name) => `complete -c ${name} -e\ncomplete -c ${name} -k -f -n __kling_ask -a '$__kling_answer'`)
	.join('\n')}`;

const powershell = (
	own: string,
) => `Register-ArgumentCompleter -Native -CommandName ${names(own).join(', ')} -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)
	$elements = @($commandAst.CommandElements)
	$program = [System.IO.Path]::GetFileNameWithoutExtension([string]$elements[0])
	if ($program -ne 'kling-cli') { $program = '${own}' }
	$words = @()
	for ($at = 1; $at -lt $elements.Count -and $elements[$at].Extent.EndOffset -lt $cursorPosition; $at++) {
		$element = $elements[$at]
		$words += if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value } else { $element.Extent.Text }
	}
	$words += $wordToComplete
	$env:KLING_COMPLETE_WORDS = $words -join "\`n"
	try { $answer = @(& $program __complete powershell 2>$null) } catch { $answer = @('files') }
	finally { Remove-Item Env:KLING_COMPLETE_WORDS -ErrorAction SilentlyContinue }
	if ($answer.Count -eq 0 -or $answer[0] -eq 'files') { return }
	# An empty answer keeps PowerShell from offering files.
	if ($answer.Count -eq 1) { return '' }
	foreach ($line in $answer[1..($answer.Count - 1)]) {
		$value, $description = $line -split "\`t", 2
		if (-not $description) { $description = $value }
		$kind = if ($value.StartsWith('-')) { 'ParameterName' } else { 'ParameterValue' }
		[System.Management.Automation.CompletionResult]::new($value, $value, $kind, $description)
	}
}`;

const scripts: Readonly<Record<Shell, (own: string) => string>> = {bash, zsh, fish, powershell};

/**
 * The functions that a shell needs to complete kling.
 * @param own the name that kling was called by
 */
export function adapter(shell: Shell, own: ProgramName): string {
	const first = shell === 'zsh' ? `#compdef ${names(own).join(' ')}\n` : '';
	return `${first}# Completion of ${own} for ${shell}, written by \`${own} autocomplete\`.\n${scripts[shell](own)}\n`;
}
