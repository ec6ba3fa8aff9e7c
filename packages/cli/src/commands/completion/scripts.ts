export const shells = ['bash', 'zsh', 'fish'] as const

/** What each shell runs to complete a command line: all of them ask `waypost completion words`. */
export const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `_waypost() {
  local line="\${COMP_LINE:0:COMP_POINT}" words last current
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  last="\${words[\${#words[@]}-1]}"
  current="\${COMP_WORDS[COMP_CWORD]}"
  local IFS=$'\\n'
  COMPREPLY=($(waypost completion words -- "\${words[@]:1}" 2>/dev/null))
  # Readline breaks words at colons and equals signs, and replaces only the last part.
  local prefix="\${last%"$current"}"
  [[ -n "$prefix" ]] && COMPREPLY=("\${COMPREPLY[@]#"$prefix"}")
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _waypost waypost
`,
  zsh: `#compdef waypost
_waypost() {
  local -a found
  found=("\${(@f)$(waypost completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -Q -S '' -- \${found:#*/} \${(M)found:#*/}
}
# Found in fpath, this file is the function's first call; sourced, it only defines it.
if [[ $funcstack[1] == _waypost ]]; then
  _waypost "$@"
else
  compdef _waypost waypost
fi
`,
  fish: `function __waypost_complete
  set -l tokens (commandline -opc) (commandline -ct)
  waypost completion words -- $tokens[2..-1] 2>/dev/null
end
complete -c waypost -f -a '(__waypost_complete)'
`,
}
