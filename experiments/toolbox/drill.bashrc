# The trainee's shell of a drill. Its prompt shows the incident's clock; around each command it prints marks that the
# lab's side of the terminal takes out of the output again and records (drills/shell/marks.py).
__drill_nonce=${FIREDRILL_NONCE:-}
unset FIREDRILL_NONCE

HISTFILE=~/.drill/history HISTSIZE=5000 HISTCONTROL='' HISTIGNORE=''
unset HISTTIMEFORMAT
shopt -s checkwinsize cmdhist lithist histappend

__drill_mark() {
  [[ -z $__drill_nonce ]] || printf '\e]7770;%s;%s;%s\a' "$__drill_nonce" "$1" "$2"
}

__drill_begin() {
  __drill_mark begin "$(HISTTIMEFORMAT='' builtin history 1 | base64 -w0)"
}

__drill_prompt() {
  local code=$? paged='' since namespace='' clock=quiet
  __drill_mark end "$code"
  builtin history -a
  { read -r paged < ~/.drill/paged; } 2>/dev/null
  if [[ $paged =~ ^[0-9]+$ ]]; then
    since=$(( EPOCHSECONDS > paged ? EPOCHSECONDS - paged : 0 ))
    printf -v clock '+%02d:%02d' $(( since / 60 )) $(( since % 60 ))
  fi
  namespace=$(sed -n 's/^ *namespace: *//p' "${KUBECONFIG:-$HOME/.kube/config}" 2>/dev/null)
  namespace=${namespace%%$'\n'*}
  PS1="[$clock] ${namespace:+$namespace }\\$ "
}

PS0='$(__drill_begin)'
PROMPT_COMMAND=__drill_prompt

if command -v kubectl >/dev/null; then
  # What kubectl's completion takes from a package that the toolbox does without: the words of the line so far.
  _get_comp_words_by_ref() {
    cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} cword=$COMP_CWORD
    words=("${COMP_WORDS[@]}")
  }
  COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}
  source <(kubectl completion bash)
  alias k=kubectl
  complete -o default -F __start_kubectl k
fi
