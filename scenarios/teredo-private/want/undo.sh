#!/usr/bin/env bash
# Written by sixward. It takes back the 12 steps of a plan, one line each, at the end of this file;
# what the functions before them do is the same for every plan.
set -euo pipefail

script_name=undo.sh
script_title='undo.sh: takes back a plan of 12 steps that brings IPv6 to an IPv4 estate'
direction=undo
plan_token=beb4cb49dc356328
total=12

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

# --- Prefixes: a block that is known only now, and what lies in it.
#
# {vpc-1}1a::a00:5 is the subnet 1a of the block of vpc-1, and in it the host ::a00:5. The digits
# fill the block up to 64 bits: one of them in a /60, five (0:001a) in a /44.

hextets() { # ADDRESS -> H, its eight numbers
  local head=${1%%::*} tail='' part missing
  local -a left=() right=()
  [[ $1 != *::* ]] || tail=${1#*::}
  IFS=: read -ra left <<<"$head"
  IFS=: read -ra right <<<"$tail"
  missing=$((8 - ${#left[@]} - ${#right[@]}))
  H=()
  for part in ${left[@]+"${left[@]}"}; do H+=($((16#$part))); done
  while ((missing-- > 0)); do H+=(0); done
  for part in ${right[@]+"${right[@]}"}; do H+=($((16#$part))); done
}

address_of() { # H -> REPLY, the address as RFC 5952 writes it
  local at run=0 best=1 from=-1 text=''
  for ((at = 7; at >= 0; at--)); do
    ((H[at] == 0)) && run=$((run + 1)) || run=0
    # Of two equal runs of zeros the first is shortened.
    if ((run > 1 && run >= best)); then best=$run from=$at; fi
  done
  for ((at = 0; at < 8; at++)); do
    if ((at == from)); then
      text+='::' at=$((at + best - 1))
    else
      [[ -z $text || $text == *: ]] || text+=:
      printf -v text '%s%x' "$text" "${H[at]}"
    fi
  done
  REPLY=$text
}

in_block() { # BLOCK DIGITS::HOST[/LENGTH] -> REPLY, the prefix or address itself
  local base=${1%/*} width=$(((64 - ${1#*/}) / 4)) rest=$2 digits suffix='' place
  [[ $rest != */* ]] || suffix=/${rest#*/}
  rest=${rest%/*}
  # From four digits on a colon stands before the last four.
  ((width < 4)) || width=$((width + 1))
  digits=${rest:0:width}
  digits=${digits/:/}
  hextets "${rest:width}"
  local -a host=("${H[@]}")
  hextets "$base"
  place=$((16#${digits:-0}))
  H[2]=$((H[2] | place >> 16))
  H[3]=$((H[3] | place & 0xffff))
  H=("${H[@]:0:4}" "${host[@]:4}")
  address_of
  REPLY+=$suffix
}

# --- Blocks of networks.

declare -A network_place=() network_length=() network_kind=() network_arg=() network_net=()
declare -A block=() block_id=() block_state=()

network() { # VPC PLACE LENGTH amazon|ipam|pool ARG NET: a network whose block is part of the plan
  network_place[$1]=$2 network_length[$1]=$3 network_kind[$1]=$4 network_arg[$1]=$5
  network_net[$1]=${6-}
}

find_block() { # VPC -> block, block_id, block_state; empty when it has none
  local vpc=$1 here=$place id net state group pool status=0
  [[ $fresh || ! ${loaded[block $vpc]-} ]] || return 0
  place=${network_place[$vpc]}
  ask ec2 describe-vpcs --vpc-ids "$vpc" --query \
    'Vpcs[0].Ipv6CidrBlockAssociationSet[].[AssociationId,Ipv6CidrBlock,Ipv6CidrBlockState.State,NetworkBorderGroup,Ipv6Pool]' ||
    status=2
  place=$here
  ((status == 0)) || return "$status"
  loaded[block $vpc]=yes block[$vpc]='' block_id[$vpc]='' block_state[$vpc]=''
  while IFS=$'\t' read -r id net state group pool; do
    # What was given back is listed for a while, and first.
    [[ $state == *ing || $state == associated ]] || continue
    its_block "$vpc" "$net" "$group" "$pool" || continue
    [[ ${block_state[$vpc]} != associated ]] || continue
    block[$vpc]=$net block_id[$vpc]=$id block_state[$vpc]=$state
  done <<<"$REPLY"
}

its_block() { # VPC NET GROUP POOL: whether a block is the one that the plan means
  local wanted=${network_arg[$1]}
  [[ ${2#*/} == "${network_length[$1]}" ]] || return 1
  case ${network_kind[$1]} in
  amazon) [[ $4 == Amazon || $4 == None ]] && [[ -z $wanted || $wanted == "$3" ]] ;;
  ipam) [[ $4 != Amazon ]] ;;
  pool) [[ $2 == "${network_net[$1]}" ]] ;;
  esac
}

resolve() { # {VPC}DIGITS::HOST or what is known already -> REPLY; 1 when the block is not there
  local vpc rest
  REPLY=$1
  [[ $1 == '{'*'}'* && ! $plan_only ]] || return 0
  vpc=${1%%\}*} rest=${1#*\}}
  vpc=${vpc#\{}
  local asked=$fresh
  fresh=''
  find_block "$vpc" || { fresh=$asked; return 2; }
  fresh=$asked
  if [[ ${block_state[$vpc]} != associated ]]; then
    trouble="  $vpc has no IPv6 block yet; an earlier step gives it one"
    return 1
  fi
  in_block "${block[$vpc]}" "$rest"
  note=$REPLY
}

# For VERB_there: without the block nothing that lies in it can be there.
resolve_or_gone() { # TEXT -> REPLY; 1 gone with its block, 2 trouble
  resolve "$1" && return 0
  [[ $mode == remove && $? == 1 ]] || return 2
  trouble='' note='gone with its block'
  return 1
}

keep_blocks() { # ARG...: something in these blocks remains, and only they say what it was
  local arg vpc
  for arg; do
    [[ $arg == '{'*'}'* ]] || continue
    vpc=${arg%%\}*}
    held[${vpc#\{}]=$current
  done
}

vpc_block_there() { # VPC
  find_block "$1" || return 2
  case ${block_state[$1]} in
  associated) note=${block[$1]} ;;
  *ing) return 3 ;;
  *) return 1 ;;
  esac
}

vpc_block_add() { # VPC
  local -a source=()
  case ${network_kind[$1]} in
  amazon)
    source=(--amazon-provided-ipv6-cidr-block)
    [[ -z ${network_arg[$1]} ]] || source+=(--ipv6-cidr-block-network-border-group "${network_arg[$1]}")
    ;;
  ipam) source=(--ipv6-ipam-pool-id "${network_arg[$1]}" --ipv6-netmask-length "${network_length[$1]}") ;;
  pool) source=(--ipv6-pool "${network_arg[$1]}" --ipv6-cidr-block "${network_net[$1]}") ;;
  esac
  act ec2 associate-vpc-cidr-block --vpc-id "$1" "${source[@]}" || return 1
  settle_until=$((SECONDS + settle))
}

vpc_block_remove() { # VPC
  if [[ ${held[$1]-} ]]; then
    trouble="  step ${held[$1]} still needs to know the block"
    return 1
  fi
  act ec2 disassociate-vpc-cidr-block --association-id "${block_id[$1]:-<its association>}"
}

vpc_block_slow() { :; }

# --- The plan.

begin "$@"


# Wave 4: tunnels
by_hand 12 'db-old/0 of db-old leaves tunnel old-rack' 'it is not at AWS'
by_hand 11 'app-old/0 of app-old leaves tunnel old-rack' 'it is not at AWS'

# Wave 3: tunnels
by_hand 10 'group web loses ingress icmpv6 from 2001:0:a40:101::/64' 'it is not at AWS'
by_hand 9 'group web loses ingress tcp/443 from 2001:0:a40:101::/64' 'it is not at AWS'
by_hand 8 'group infra loses ingress udp/3544-3545 from 2001:0:a40:101::/64' 'it is not at AWS'
by_hand 7 'group db loses ingress tcp/9100 from 2001:0:a40:101::/64' 'it is not at AWS'

# Wave 2: tunnels
by_hand 6 'tunnel old-rack is closed' 'it is not at AWS'

# Wave 1: firewall rules
by_hand 5 'group web loses ingress icmpv6 from 2a0c:9a40:100::/48' 'it is not at AWS'
by_hand 4 'group web loses ingress tcp/443 from 2a0c:9a40:100::/48' 'it is not at AWS'
by_hand 3 'group infra loses ingress udp/3544-3545 from 2a0c:9a40:100::/48' 'it is not at AWS'
by_hand 2 'group infra loses ingress tcp/22 from 2a0c:9a40:100:1::/64' 'it is not at AWS'
by_hand 1 'group db loses ingress tcp/9100 from 2a0c:9a40:100::/48' 'it is not at AWS'

finish
