# --- The frame: options, calls, and what a step is.

if ((BASH_VERSINFO[0] < 4)); then
  echo "bash 4 or newer is needed; this is $BASH_VERSION" >&2
  exit 1
fi

export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
export AWS_RETRY_MODE=${AWS_RETRY_MODE:-standard} AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-6}
poll=${SIXWARD_POLL:-2}          # seconds between two looks at something that takes its time
patience=${SIXWARD_PATIENCE:-600} # seconds until that is called a failure
settle=${SIXWARD_SETTLE:-15}     # seconds for what the provider does by itself

plan_only='' from='' only=''
place='' mode='' fresh='' trouble='' code='' note='' seen='' current='' settle_until=0
done_count=0 there_count=0
hands=() remains=()
declare -A profile_of=() account_seen=() loaded=() rows=() held=()

usage() {
  cat <<END
$script_title

  ./$script_name              do it; safe to run again: what is done is skipped
  ./$script_name --plan       print the commands, run none
  ./$script_name --from N     begin at step N
  ./$script_name --only N     step N alone
  ./$script_name --profile ACCOUNT=NAME
                              use this profile of the aws CLI for that account (may be repeated)

Needs bash 4 and the aws CLI. Exit: 0 done, 1 stopped or something remains.
END
}

begin() { # the script's arguments
  while (($#)); do
    case $1 in
    --plan) plan_only=yes ;;
    --from) from=${2-} && shift ;;
    --only) only=${2-} && shift ;;
    --profile) profile_of[${2%%=*}]=${2#*=} && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 1 ;;
    esac
    shift || { usage >&2 && exit 1; }
  done
  if [[ ! $from$only =~ ^[0-9]*$ ]]; then usage >&2 && exit 1; fi
  from=${from:+$((10#$from))} only=${only:+$((10#$only))}
  [[ $plan_only ]] && return
  if ! command -v aws >/dev/null; then
    echo "the aws CLI is not installed, or not in PATH" >&2
    exit 1
  fi
  errors=$(mktemp)
  trap 'rm -f "$errors"' EXIT
  trap 'interrupted' INT TERM
}

interrupted() {
  printf '\nstopped in step %s. Run this script again: what is done is skipped.\n' "$current" >&2
  exit 1
}

selected() { # NUMBER
  if [[ $only ]]; then (($1 == only)); return; fi
  [[ -z $from ]] || { [[ $direction == undo ]] && (($1 <= from)); } ||
    { [[ $direction == apply ]] && (($1 >= from)); }
}

command_for() { # SERVICE OPERATION ARG... -> cmd
  local account='' region=$place
  if [[ $place == */* ]]; then account=${place%%/*} region=${place#*/}; fi
  cmd=(aws)
  [[ -z $account || -z ${profile_of[$account]-} ]] || cmd+=(--profile "${profile_of[$account]}")
  [[ -z $region ]] || cmd+=(--region "$region")
  # Some versions of the CLI take the variable for some services only.
  [[ -z ${AWS_ENDPOINT_URL-} ]] || cmd+=(--endpoint-url "$AWS_ENDPOINT_URL")
  cmd+=("$@")
}

run() { # SERVICE OPERATION ARG... -> REPLY; when refused: 1, code and trouble
  command_for "$@"
  code='' trouble=''
  if REPLY=$("${cmd[@]}" --output text 2>"$errors"); then return 0; fi
  trouble=$(<"$errors")
  [[ ! $trouble =~ 'An error occurred ('([^\)]+)')' ]] || code=${BASH_REMATCH[1]}
  shown "${cmd[@]}"
  trouble="  $REPLY"$'\n'"  ${trouble//$'\n'/$'\n'  }"
  return 1
}

ask() { # reads. What is not there gives an empty answer, and no trouble.
  REPLY=''
  [[ ! $plan_only ]] || return 0
  my_account || return 1
  run "$@" && return 0
  [[ $code != *NotFound* ]] || { REPLY='' trouble=''; return 0; }
  return 1
}

act() { # changes something
  if [[ $plan_only ]]; then
    command_for "$@"
    shown "${cmd[@]}"
    printf '        %s\n' "$REPLY"
    REPLY=''
    return 0
  fi
  my_account && run "$@"
}

my_account() { # whether the credentials are those of the account that the step is for
  local account=${place%%/*}
  [[ $place == */* && $account && ! ${account_seen[$account]-} ]] || return 0
  run sts get-caller-identity --query Account || return 1
  if [[ $REPLY != "$account" ]]; then
    trouble="  the credentials are those of account $REPLY, and this step is for account $account:"
    trouble+=$'\n'"  give --profile $account=NAME, or set AWS_PROFILE"
    return 1
  fi
  account_seen[$account]=yes
}

shown() { # WORD... -> REPLY, as they can be typed
  local word text=''
  for word; do
    [[ $word =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    text+="$word "
  done
  REPLY=${text% }
}

head_line() { # NUMBER TITLE
  current=$1
  printf '[%*d/%d] %s ... ' "${#total}" "$1" "$total" "$2"
}

at() { # [ACCOUNT/]REGION of the steps that follow
  place=$1
}

step() { # NUMBER TITLE add|remove|set VERB ARG...
  selected "$1" || return 0
  local title=$2 verb=$4
  mode=$3 note='' trouble='' fresh=''
  head_line "$1" "$title"
  shift 4
  if [[ $plan_only ]]; then
    echo
    "${verb}_$mode" "$@"
    return
  fi
  if carry_out "$verb" "$@"; then return 0; fi
  failed "$title" "$@"
}

also() { # like step: what the provider does by itself after the step of that number
  selected "$1" || return 0
  local title=$2 verb=$4
  mode=$3 note='' trouble='' fresh=''
  head_line "$1" "by itself: $title"
  shift 4
  if [[ $plan_only ]]; then echo 'expected'; return; fi
  while look "$verb" "$@"; do
    if ((seen == 0)); then
      there_count=$((there_count + 1))
      echo 'seen'
      return
    fi
    if ((SECONDS >= settle_until)); then
      if "${verb}_$mode" "$@"; then
        done_count=$((done_count + 1))
        echo 'added: the provider did not do it'
        return
      fi
      break
    fi
    sleep "$poll"
    fresh=yes
  done
  failed "$title" "$@"
}

by_hand() { # NUMBER TITLE HINT
  selected "$1" || return 0
  head_line "$1" "$2"
  echo 'by hand'
  [[ -z ${3-} ]] || printf '        %s\n' "$3"
  hands+=("$1")
}

carry_out() { # VERB ARG...
  local verb=$1 wanted=0 first first_code
  shift
  [[ $mode != remove ]] || wanted=1
  look "$verb" "$@" || return 1
  if ((seen == wanted)); then settled; return; fi
  if ! "${verb}_$mode" "$@"; then
    # The answer may have been lost, or somebody was faster: what counts is the state.
    first=$trouble first_code=$code fresh=yes
    if look "$verb" "$@" && ((seen == wanted)); then settled; return; fi
    if [[ $direction == undo && $first_code == *NotFound* ]]; then settled; return; fi
    trouble=$first
    return 1
  fi
  if [[ $(type -t "${verb}_slow") ]]; then arrived "$wanted" "$verb" "$@" || return 1; fi
  done_count=$((done_count + 1))
  printf 'done%s\n' "${note:+ ($note)}"
}

settled() {
  there_count=$((there_count + 1))
  case $mode in
  add) printf 'already there%s\n' "${note:+ ($note)}" ;;
  remove) printf 'already gone%s\n' "${note:+ ($note)}" ;;
  set) printf 'already so%s\n' "${note:+ ($note)}" ;;
  esac
}

# What is there: each VERB_there gives 0 there, 1 not there, 2 trouble, 3 on its way.
look() { # VERB ARG... -> seen; waits while it is on its way
  local verb=$1 status until=$((SECONDS + patience))
  shift
  while :; do
    status=0
    "${verb}_there" "$@" || status=$?
    case $status in
    0 | 1) seen=$status && return 0 ;;
    2) return 1 ;;
    esac
    if ((SECONDS >= until)); then trouble="  still on its way after $patience s" && return 1; fi
    sleep "$poll"
    fresh=yes
  done
}

arrived() { # WANTED VERB ARG...: waits until it is so
  local wanted=$1 until=$((SECONDS + patience))
  shift
  fresh=yes
  while look "$@"; do
    ((seen != wanted)) || return 0
    if ((SECONDS >= until)); then trouble="  asked for, and not so after $patience s" && return 1; fi
    sleep "$poll"
  done
  return 1
}

failed() { # TITLE ARG...
  echo 'failed'
  if [[ $direction == undo ]]; then
    printf '%s\n' "$trouble" >&2
    remains+=("step $current: $1")
    keep_blocks "${@:2}"
    return 0
  fi
  cat >&2 <<END

step $current failed: $1
$trouble

What is done stays done. To go on, run this script again: what is done is skipped.
To go back, run undo.sh: it takes back what was done.
END
  exit 1
}

finish() {
  [[ ! $plan_only ]] || return 0
  echo
  printf '%d done, %d before' "$done_count" "$there_count"
  ((${#hands[@]} == 0)) || printf ', %d by hand: steps %s' "${#hands[@]}" "${hands[*]}"
  echo
  ((${#remains[@]})) || return 0
  printf '\nThis remains:\n'
  printf '  %s\n' "${remains[@]}"
  printf 'Remove what stands in the way (see above) and run this script again.\n'
  exit 1
}
