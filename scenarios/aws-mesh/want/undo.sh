#!/usr/bin/env bash
# Written by sixward. It takes back the 70 steps of a plan, one line each, at the end of this file;
# what the functions before them do is the same for every plan.
# Not brought back: the block itself: the provider gives another one next time.
set -euo pipefail

script_name=undo.sh
script_title='undo.sh: takes back a plan of 70 steps that brings IPv6 to an IPv4 estate'
direction=undo
plan_token=3d790f8abf5a6a89
total=70

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

# --- Blocks of subnets, and addresses for what is launched in them.

declare -A subnet_net=() subnet_id=() subnet_state=() subnet_auto=()

find_subnet() { # VPC SUBNET: all of the network at first, later only the one
  local subnet auto net id state which=(--filters "Name=vpc-id,Values=$1")
  [[ $fresh || ! ${loaded[subnets $1]-} ]] || return 0
  [[ ! $fresh ]] || which=(--subnet-ids "$2")
  local -r live="Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State!='disassociated'&&Ipv6CidrBlockState.State!='failed']|[0]"
  ask ec2 describe-subnets "${which[@]}" --query \
    "Subnets[].[SubnetId,AssignIpv6AddressOnCreation,$live.Ipv6CidrBlock,$live.AssociationId,$live.Ipv6CidrBlockState.State]" ||
    return 2
  [[ $fresh ]] || loaded[subnets $1]=yes
  while IFS=$'\t' read -r subnet auto net id state; do
    [[ $subnet ]] || continue
    subnet_auto[$subnet]=$auto subnet_net[$subnet]=$net subnet_id[$subnet]=$id
    subnet_state[$subnet]=$state
  done <<<"$REPLY"
}

subnet_block_there() { # VPC SUBNET NET
  local net
  resolve_or_gone "$3" || return
  net=$REPLY
  find_subnet "$1" "$2" || return 2
  case ${subnet_state[$2]-} in
  *ing) return 3 ;;
  associated) ;;
  *) return 1 ;;
  esac
  [[ ${subnet_net[$2]} != "$net" ]] || return 0
  if [[ $mode == remove ]]; then note="it has ${subnet_net[$2]}, which is not ours" && return 1; fi
  trouble="  $2 has another IPv6 block already: ${subnet_net[$2]}, not $net"
  return 2
}

subnet_block_add() { # VPC SUBNET NET
  resolve "$3" || return 1
  act ec2 associate-subnet-cidr-block --subnet-id "$2" --ipv6-cidr-block "$REPLY"
}

subnet_block_remove() { # VPC SUBNET NET
  act ec2 disassociate-subnet-cidr-block --association-id "${subnet_id[$2]:-<its association>}"
}

subnet_block_slow() { :; }

auto_assign_there() { # VPC SUBNET on|off
  local is=off
  find_subnet "$1" "$2" || return 2
  [[ ${subnet_auto[$2]-} != True ]] || is=on
  # A subnet that is gone assigns nothing.
  [[ $is == "$3" ]]
}

auto_assign_set() { # VPC SUBNET on|off
  local switch=--assign-ipv6-address-on-creation
  [[ $3 == on ]] || switch=--no-assign-ipv6-address-on-creation
  act ec2 modify-subnet-attribute --subnet-id "$2" "$switch"
}

# --- Egress-only gateways. Their ids are the provider's: they are looked up by the network.

declare -A egress_only_id=() egress_only_state=()

find_egress_only() { # VPC: all of the Region at first
  local id vpc state
  [[ $fresh || ! ${loaded[egress-only $place]-} ]] || return 0
  ask ec2 describe-egress-only-internet-gateways --query \
    'EgressOnlyInternetGateways[].[EgressOnlyInternetGatewayId,Attachments[0].VpcId,Attachments[0].State]' ||
    return 2
  loaded[egress-only $place]=yes
  egress_only_id[$1]='' egress_only_state[$1]=''
  while IFS=$'\t' read -r id vpc state; do
    [[ $vpc && $vpc != None && $state != detached ]] || continue
    egress_only_id[$vpc]=$id egress_only_state[$vpc]=$state
  done <<<"$REPLY"
}

egress_only_there() { # VPC
  find_egress_only "$1" || return 2
  [[ ${egress_only_id[$1]-} ]] || return 1
  note=${egress_only_id[$1]}
  [[ ${egress_only_state[$1]} != *ing ]] || return 3
}

egress_only_add() { # VPC
  local try made
  # A token that made a gateway which is gone by now gives the same answer and no gateway.
  for try in 1 2 3 4 5 6 7 8 9; do
    act ec2 create-egress-only-internet-gateway --vpc-id "$1" \
      --client-token "sixward-$plan_token-$1-$try" \
      --query EgressOnlyInternetGateway.EgressOnlyInternetGatewayId || return 1
    [[ ! $plan_only ]] || return 0
    made=$REPLY
    egress_only_exists "$made" && return 0
    [[ -z $trouble ]] || return 1
  done
  trouble="  the provider answers with gateways that are gone; wait a day, or change the plan"
  return 1
}

egress_only_exists() { # GATEWAY: what was made just now may take a moment to be seen
  local until=$((SECONDS + settle))
  while :; do
    ask ec2 describe-egress-only-internet-gateways --egress-only-internet-gateway-ids "$1" \
      --query 'EgressOnlyInternetGateways[].EgressOnlyInternetGatewayId' || return 1
    [[ $REPLY != "$1" ]] || return 0
    ((SECONDS < until)) || return 1
    sleep "$poll"
  done
}

egress_only_remove() { # VPC
  act ec2 delete-egress-only-internet-gateway \
    --egress-only-internet-gateway-id "${egress_only_id[$1]:-<that of $1>}"
}

egress_only_slow() { :; }

# --- Routes.

find_routes() { # TABLE -> rows: destination and targets of each IPv6 or listed route
  local destination v4 list rest
  [[ $fresh || ! ${loaded[routes $1]-} ]] || return 0
  ask ec2 describe-route-tables --route-table-ids "$1" --query \
    'RouteTables[0].Routes[].[DestinationIpv6CidrBlock,DestinationCidrBlock,DestinationPrefixListId,GatewayId,EgressOnlyInternetGatewayId,NatGatewayId,VpcPeeringConnectionId,TransitGatewayId,NetworkInterfaceId,InstanceId,LocalGatewayId,CarrierGatewayId,CoreNetworkArn]' ||
    return 2
  loaded[routes $1]=yes rows[routes $1]=$'\n'
  while IFS=$'\t' read -r destination v4 list rest; do
    [[ $destination != None ]] || destination=$v4
    [[ $destination != None ]] || destination=$list
    rest=${rest//None/}
    rows[routes $1]+="$destination ${rest//$'\t'/ } "$'\n'
  done <<<"$REPLY"
}

route_target() { # TARGET -> REPLY; eigw-of:VPC is a gateway that an earlier step made
  REPLY=$1
  [[ $1 == eigw-of:* && ! $plan_only ]] || return 0
  local vpc=${1#eigw-of:}
  find_egress_only "$vpc" || return 2
  REPLY=${egress_only_id[$vpc]-}
  [[ -z $REPLY ]] || return 0
  trouble="  $vpc has no egress-only gateway yet; an earlier step makes it"
  return 1
}

route_there() { # TABLE DESTINATION OPTION TARGET
  local destination target row
  resolve_or_gone "$2" || return
  destination=$REPLY
  find_routes "$1" || return 2
  row=${rows[routes $1]}
  [[ $row == *$'\n'"$destination "* ]] || return 1
  row=${row#*$'\n'"$destination "}
  row=" ${row%%$'\n'*} "
  if route_target "$4"; then
    target=$REPLY
  elif [[ $mode == remove && $row == *' eigw-'* ]]; then
    # The gateway went first: what is left of the route leads nowhere.
    trouble='' && return 0
  else
    return 2
  fi
  [[ $row != *" $target "* ]] || return 0
  read -r row <<<"$row"
  if [[ $mode == remove ]]; then note="it leads to $row now, which is not ours" && return 1; fi
  trouble="  $1 has another route for $destination already: to $row, not to $target"
  return 2
}

destination_option() { # DESTINATION -> REPLY
  case $1 in
  pl-*) REPLY=--destination-prefix-list-id ;;
  *:* | '{'*) REPLY=--destination-ipv6-cidr-block ;;
  *) REPLY=--destination-cidr-block ;;
  esac
}

route_add() { # TABLE DESTINATION OPTION TARGET
  local option destination
  destination_option "$2"
  option=$REPLY
  resolve "$2" || return 1
  destination=$REPLY
  route_target "$4" || return 1
  act ec2 create-route --route-table-id "$1" "$option" "$destination" "$3" "$REPLY"
}

route_remove() { # TABLE DESTINATION OPTION TARGET
  local option
  destination_option "$2"
  option=$REPLY
  resolve "$2" || return 1
  act ec2 delete-route --route-table-id "$1" "$option" "$REPLY"
}

# --- Transit gateways.

attachment_v6_there() { # ATTACHMENT enable|disable
  local is state
  ask ec2 describe-transit-gateway-vpc-attachments --transit-gateway-attachment-ids "$1" \
    --query 'TransitGatewayVpcAttachments[].[Options.Ipv6Support,State]' || return 2
  read -r is state <<<"$REPLY"
  [[ ${state-} != modifying && ${state-} != pending ]] || return 3
  [[ ${is:-disable} == "$2" ]]
}

attachment_v6_set() { # ATTACHMENT enable|disable
  act ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "$1" \
    --options "Ipv6Support=$2"
}

attachment_v6_slow() { :; }

transit_route_there() { # TABLE DESTINATION ATTACHMENT|blackhole
  local destination kind state target
  resolve_or_gone "$2" || return
  destination=$REPLY
  ask ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$1" \
    --filters Name=type,Values=static "Name=route-search.exact-match,Values=$destination" \
    --query 'Routes[].[Type,State,TransitGatewayAttachments[0].TransitGatewayAttachmentId]' || return 2
  read -r kind state target <<<"$REPLY"
  [[ $kind && $state != deleted ]] || return 1
  [[ $state != pending && $state != deleting ]] || return 3
  if [[ $state == blackhole && $target == None ]]; then target=blackhole; fi
  [[ $target != "$3" ]] || return 0
  if [[ $mode == remove ]]; then note="it leads to $target now, which is not ours" && return 1; fi
  trouble="  $1 has another route for $destination already: to $target, not to $3"
  return 2
}

transit_route_add() { # TABLE DESTINATION ATTACHMENT|blackhole
  local -a target=(--transit-gateway-attachment-id "$3")
  [[ $3 != blackhole ]] || target=(--blackhole)
  resolve "$2" || return 1
  act ec2 create-transit-gateway-route --transit-gateway-route-table-id "$1" \
    --destination-cidr-block "$REPLY" "${target[@]}"
}

transit_route_remove() { # TABLE DESTINATION ATTACHMENT|blackhole
  resolve "$2" || return 1
  act ec2 delete-transit-gateway-route --transit-gateway-route-table-id "$1" \
    --destination-cidr-block "$REPLY"
}

transit_route_slow() { :; }

# --- Rules of security groups, and entries of network ACLs.

declare -A group_batch=()
batches=()

together() { # GROUP...: groups that are read in one call
  local group
  for group; do group_batch[$group]=${#batches[@]}; done
  batches+=("$*")
}

find_group_rules() { # GROUP -> rows: direction, protocol, ports, remote; all of its batch at first
  local group egress protocol first last v6 v4 list other members
  [[ $fresh || ! ${loaded[group $1]-} ]] || return 0
  members=$1
  [[ $fresh || ! ${group_batch[$1]-} ]] || members=${batches[${group_batch[$1]}]}
  ask ec2 describe-security-group-rules --filters "Name=group-id,Values=${members// /,}" --query \
    'SecurityGroupRules[].[GroupId,IsEgress,IpProtocol,FromPort,ToPort,CidrIpv6,CidrIpv4,PrefixListId,ReferencedGroupInfo.GroupId]' ||
    return 2
  for group in $members; do loaded[group $group]=yes rows[group $group]=$'\n'; done
  while IFS=$'\t' read -r group egress protocol first last v6 v4 list other; do
    [[ $group && ${rows[group $group]-} ]] || continue
    case $egress in True) egress=egress ;; *) egress=ingress ;; esac
    case $protocol in
    tcp | udp | icmp) ;;
    icmpv6 | 58) protocol=icmpv6 ;;
    *) first=-1 last=-1 ;; # other protocols have no ports
    esac
    first=${first/None/-1} last=${last/None/-1}
    for other in "$v6" "$v4" "$list" "$other"; do [[ $other == None ]] || break; done
    rows[group $group]+="$egress $protocol $first $last $other"$'\n'
  done <<<"$REPLY"
}

group_rule_there() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  local remote
  resolve_or_gone "$6" || return
  remote=$REPLY
  find_group_rules "$1" || return 2
  [[ ${rows[group $1]-} == *$'\n'"$2 $3 $4 $5 $remote"$'\n'* ]]
}

permission() { # PROTOCOL FIRST LAST REMOTE NOTE (as inside a JSON string) -> REPLY
  local range='' about='' remote
  resolve "$4" || return 1
  case $1 in tcp | udp | icmp | icmpv6) range="\"FromPort\":$2,\"ToPort\":$3," ;; esac
  [[ -z $5 ]] || about=",\"Description\":\"$5\""
  case $REPLY in
  pl-*) remote="\"PrefixListIds\":[{\"PrefixListId\":\"$REPLY\"$about}]" ;;
  sg-*) remote="\"UserIdGroupPairs\":[{\"GroupId\":\"$REPLY\"$about}]" ;;
  *:*) remote="\"Ipv6Ranges\":[{\"CidrIpv6\":\"$REPLY\"$about}]" ;;
  *) remote="\"IpRanges\":[{\"CidrIp\":\"$REPLY\"$about}]" ;;
  esac
  REPLY="[{\"IpProtocol\":\"$1\",$range$remote}]"
}

group_rule_add() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  permission "$3" "$4" "$5" "$6" "$7" || return 1
  act ec2 "authorize-security-group-$2" --group-id "$1" --ip-permissions "$REPLY" && return 0
  # Somebody was faster, which is as good.
  [[ $code == InvalidPermission.Duplicate ]]
}

group_rule_remove() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  permission "$3" "$4" "$5" "$6" '' || return 1
  act ec2 "revoke-security-group-$2" --group-id "$1" --ip-permissions "$REPLY"
}

find_entries() { # ACL -> rows: direction, number, action, protocol, ports, prefix
  local egress number action protocol first last kind detail v6 v4
  [[ $fresh || ! ${loaded[acl $1]-} ]] || return 0
  ask ec2 describe-network-acls --network-acl-ids "$1" --query \
    'NetworkAcls[0].Entries[].[Egress,RuleNumber,RuleAction,Protocol,PortRange.From,PortRange.To,IcmpTypeCode.Type,IcmpTypeCode.Code,Ipv6CidrBlock,CidrBlock]' ||
    return 2
  loaded[acl $1]=yes rows[acl $1]=$'\n'
  while IFS=$'\t' read -r egress number action protocol first last kind detail v6 v4; do
    case $egress in True) egress=egress ;; *) egress=ingress ;; esac
    case $protocol in
    6 | 17) ;;
    1 | 58) first=${kind/None/-1} last=${detail/None/-1} ;;
    *) first=-1 last=-1 ;;
    esac
    [[ $v6 != None ]] || v6=$v4
    rows[acl $1]+="$egress $number $action $protocol $first $last $v6"$'\n'
  done <<<"$REPLY"
}

acl_entry_there() { # ACL DIRECTION NUMBER ACTION PROTOCOL FIRST LAST PREFIX
  local row prefix
  resolve_or_gone "$8" || return
  prefix=$REPLY
  find_entries "$1" || return 2
  row=${rows[acl $1]}
  [[ $row == *$'\n'"$2 $3 "* ]] || return 1
  row=${row#*$'\n'"$2 $3 "}
  row=${row%%$'\n'*}
  [[ $row != "$4 $5 $6 $7 $prefix" ]] || return 0
  if [[ $mode == remove ]]; then note="entry $3 says '$row' now, which is not ours" && return 1; fi
  trouble="  $1 has another $2 entry $3 already: '$row', not '$4 $5 $6 $7 $prefix'"
  return 2
}

acl_entry_add() { # ACL DIRECTION NUMBER ACTION PROTOCOL FIRST LAST PREFIX
  local -a prefix=(--cidr-block) ports=()
  resolve "$8" || return 1
  [[ $REPLY != *:* ]] || prefix=(--ipv6-cidr-block)
  case $5 in
  6 | 17) ports=(--port-range "From=$6,To=$7") ;;
  1 | 58) ports=(--icmp-type-code "Type=$6,Code=$7") ;;
  esac
  act ec2 create-network-acl-entry --network-acl-id "$1" "--$2" --rule-number "$3" \
    --rule-action "$4" --protocol "$5" ${ports[@]+"${ports[@]}"} "${prefix[@]}" "$REPLY"
}

acl_entry_remove() { # ACL DIRECTION NUMBER ...
  act ec2 delete-network-acl-entry --network-acl-id "$1" "--$2" --rule-number "$3"
}

# --- Addresses of interfaces.

declare -A interface_addresses=()

find_interface() { # VPC INTERFACE: all of the network at first, later only the one
  local id list address which=(--filters "Name=vpc-id,Values=$1")
  [[ $fresh || ! ${loaded[interfaces $1]-} ]] || return 0
  [[ ! $fresh ]] || which=(--network-interface-ids "$2")
  ask ec2 describe-network-interfaces "${which[@]}" --query \
    "NetworkInterfaces[].[NetworkInterfaceId,join(',',Ipv6Addresses[].Ipv6Address||\`[]\`)||'-']" || return 2
  if [[ $fresh ]]; then
    interface_addresses[$2]=''
  else
    loaded[interfaces $1]=yes
  fi
  while IFS=$'\t' read -r id list; do
    [[ $id ]] || continue
    interface_addresses[$id]=''
    [[ $list != - ]] || continue
    # As RFC 5952 writes them, whoever wrote them.
    for address in ${list//,/ }; do
      hextets "$address"
      address_of
      interface_addresses[$id]+=" $REPLY"
    done
  done <<<"$REPLY"
}

address_there() { # VPC INTERFACE ADDRESS|automatic
  local wanted=''
  if [[ $3 != automatic ]]; then
    resolve_or_gone "$3" || return
    wanted=$REPLY
  fi
  find_interface "$1" "$2" || return 2
  if [[ $3 == automatic ]]; then
    [[ ${interface_addresses[$2]-} ]] || return 1
    note=${interface_addresses[$2]# }
    return 0
  fi
  [[ "${interface_addresses[$2]-} " == *" $wanted "* ]]
}

address_add() { # VPC INTERFACE ADDRESS|automatic
  if [[ $3 == automatic ]]; then
    act ec2 assign-ipv6-addresses --network-interface-id "$2" --ipv6-address-count 1 \
      --query 'AssignedIpv6Addresses[0]' || return 1
    note=$REPLY
    return 0
  fi
  resolve "$3" || return 1
  act ec2 assign-ipv6-addresses --network-interface-id "$2" --ipv6-addresses "$REPLY"
}

address_remove() { # VPC INTERFACE ADDRESS|automatic: automatic means all that it has
  local -a gone=()
  if [[ $3 == automatic ]]; then
    read -ra gone <<<"${interface_addresses[$2]:-<its address>}"
  else
    resolve "$3" || return 1
    gone=("$REPLY")
  fi
  act ec2 unassign-ipv6-addresses --network-interface-id "$2" --ipv6-addresses "${gone[@]}"
}

# --- Load balancers.

balancer_family_there() { # BALANCER TYPE
  local is state
  ask elbv2 describe-load-balancers --load-balancer-arns "$1" \
    --query 'LoadBalancers[].[IpAddressType,State.Code]' || return 2
  read -r is state <<<"$REPLY"
  [[ ${state-} != provisioning ]] || return 3
  [[ $is == "$2" ]]
}

balancer_family_set() { # BALANCER TYPE
  act elbv2 set-ip-address-type --load-balancer-arn "$1" --ip-address-type "$2"
}

balancer_family_slow() { :; }

# --- Managed services.

service_family_there() { # KIND NAME VALUE
  local is state
  case $1 in
  rds-instance)
    ask rds describe-db-instances --db-instance-identifier "$2" \
      --query 'DBInstances[].[NetworkType,DBInstanceStatus]'
    ;;
  rds-cluster | docdb | neptune)
    ask "${1%-cluster}" describe-db-clusters --db-cluster-identifier "$2" \
      --query 'DBClusters[].[NetworkType,Status]'
    ;;
  redshift)
    ask redshift describe-clusters --cluster-identifier "$2" \
      --query 'Clusters[].[IpAddressType,ClusterStatus]'
    ;;
  redshift-serverless)
    ask redshift-serverless get-workgroup --workgroup-name "$2" \
      --query '[workgroup.ipAddressType,workgroup.status]'
    ;;
  dms)
    ask dms describe-replication-instances --filters "Name=replication-instance-arn,Values=$2" \
      --query 'ReplicationInstances[].[NetworkType,ReplicationInstanceStatus]'
    ;;
  msk)
    ask kafka describe-cluster-v2 --cluster-arn "$2" --query \
      '[ClusterInfo.Provisioned.BrokerNodeGroupInfo.ConnectivityInfo.NetworkType,ClusterInfo.State,ClusterInfo.CurrentVersion]'
    ;;
  lambda)
    ask lambda get-function-configuration --function-name "$2" --query \
      "[VpcConfig.Ipv6AllowedForDualStack,LastUpdateStatus,join(',',VpcConfig.SubnetIds||\`[]\`),join(',',VpcConfig.SecurityGroupIds||\`[]\`)]"
    ;;
  opensearch)
    ask opensearch describe-domain --domain-name "$2" \
      --query '[DomainStatus.IPAddressType,DomainStatus.Processing]'
    ;;
  esac || return 2
  service_row=$REPLY
  read -r is state _ <<<"$REPLY"
  case ${state,,} in modifying | updating | inprogress | true) return 3 ;; esac
  # Without the field a service is what it was made as: IPv4.
  case $is in None | '') is=$4 ;; esac
  [[ ${is,,} == "${3,,}" ]]
}

service_family_set() { # KIND NAME VALUE IPV4-VALUE
  local subnets security version
  case $1 in
  rds-instance)
    act rds modify-db-instance --db-instance-identifier "$2" --network-type "$3" --apply-immediately
    ;;
  rds-cluster | docdb | neptune)
    act "${1%-cluster}" modify-db-cluster --db-cluster-identifier "$2" --network-type "$3" \
      --apply-immediately
    ;;
  redshift) act redshift modify-cluster --cluster-identifier "$2" --ip-address-type "$3" ;;
  redshift-serverless)
    act redshift-serverless update-workgroup --workgroup-name "$2" --ip-address-type "$3"
    ;;
  dms)
    act dms modify-replication-instance --replication-instance-arn "$2" --network-type "$3" \
      --apply-immediately
    ;;
  msk)
    read -r _ _ version <<<"$service_row"
    act kafka update-connectivity --cluster-arn "$2" --current-version "${version:-<its version>}" \
      --connectivity-info "{\"NetworkType\":\"$3\"}"
    ;;
  lambda)
    # The call replaces the whole network configuration: what is there is said again.
    read -r _ _ subnets security <<<"$service_row"
    act lambda update-function-configuration --function-name "$2" --vpc-config \
      "SubnetIds=${subnets:-<its subnets>},SecurityGroupIds=${security:-<its groups>},Ipv6AllowedForDualStack=$3"
    ;;
  opensearch)
    act opensearch update-domain-config --domain-name "$2" --ip-address-type "$3"
    ;;
  esac
}

service_row=''
service_family_slow() { :; }

# --- The plan.

begin "$@"

network vpc-0a000001 111122223333/eu-west-1 56 amazon ''
network vpc-0b000001 111122223333/eu-west-1 56 amazon ''
together sg-0a000001 sg-0a000002 sg-0a000003 sg-0a000004 sg-0a000005 sg-0a000006 sg-0b000001 sg-0c000001

# Wave 9: load balancers and managed services
at 111122223333/eu-west-1
step 70 'lambda resize becomes IPv4 only' set service_family lambda resize False False
step 69 'load balancer ledger becomes IPv4 only' set balancer_family arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/ledger/9b2f6a7c51e04d83 ipv4

# Wave 8: guest operating systems
by_hand 68 'the guest of i-0a0000f1 (firewall) is put back as it was' 'on the host itself'
by_hand 67 'the guest of i-0a000006 (vault) is put back as it was' 'on the host itself'
by_hand 66 'the guest of i-0a000005 (batch) is put back as it was' 'on the host itself'
by_hand 65 'the guest of i-0a000004 (app-2) is put back as it was' 'on the host itself'
by_hand 64 'the guest of i-0a000003 (app-1) is put back as it was' 'on the host itself'

# Wave 7: addresses
step 63 'subnet-0b000002 (db-b) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0b000001 subnet-0b000002 off
step 62 'subnet-0b000001 (db-a) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0b000001 subnet-0b000001 off
step 61 'subnet-0a000006 (isolated) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0a000001 subnet-0a000006 off
step 60 'subnet-0a000005 (inspected) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0a000001 subnet-0a000005 off
step 59 'subnet-0a000004 (app-b) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0a000001 subnet-0a000004 off
step 58 'subnet-0a000003 (app-a) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0a000001 subnet-0a000003 off
step 57 'subnet-0a000002 (public-b) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0a000001 subnet-0a000002 off

# Wave 6: addresses
step 56 'eni-0a0000f1 of i-0a0000f1 (firewall) gives {vpc-0a000001}00::a0a:1e back' remove address vpc-0a000001 eni-0a0000f1 '{vpc-0a000001}00::a0a:1e'
step 55 'eni-0a000006 of i-0a000006 (vault) gives {vpc-0a000001}83::a0a:1e05 back' remove address vpc-0a000001 eni-0a000006 '{vpc-0a000001}83::a0a:1e05'
step 54 'eni-0a000005 of i-0a000005 (batch) gives {vpc-0a000001}41::a0a:1405 back' remove address vpc-0a000001 eni-0a000005 '{vpc-0a000001}41::a0a:1405'
step 53 'eni-0a000004 of i-0a000004 (app-2) gives {vpc-0a000001}4e::a0a:b0b back' remove address vpc-0a000001 eni-0a000004 '{vpc-0a000001}4e::a0a:b0b'
step 52 'eni-0a000003 of i-0a000003 (app-1) gives {vpc-0a000001}42::a0a:a0b back' remove address vpc-0a000001 eni-0a000003 '{vpc-0a000001}42::a0a:a0b'

# Wave 5: firewall rules
step 51 'group sg-0c000001 (ci) loses ingress tcp/22 from {vpc-0a000001}00::/56' remove group_rule sg-0c000001 ingress tcp 22 22 '{vpc-0a000001}00::/56' ''
step 50 'group sg-0b000001 (db) loses ingress tcp/5432 from {vpc-0a000001}4e::/64' remove group_rule sg-0b000001 ingress tcp 5432 5432 '{vpc-0a000001}4e::/64' 'both app subnets'
step 49 'group sg-0b000001 (db) loses ingress tcp/5432 from {vpc-0a000001}42::/64' remove group_rule sg-0b000001 ingress tcp 5432 5432 '{vpc-0a000001}42::/64' 'both app subnets'
step 48 'group sg-0a000005 (endpoints) loses ingress tcp/443 from {vpc-0a000001}00::/56' remove group_rule sg-0a000005 ingress tcp 443 443 '{vpc-0a000001}00::/56' ''
step 47 'group sg-0a000004 (appliance) loses ingress all from {vpc-0a000001}00::/56' remove group_rule sg-0a000004 ingress -1 -1 -1 '{vpc-0a000001}00::/56' ''
step 46 'group sg-0a000002 (app) loses egress tcp/5432 to {vpc-0b000001}00::/56' remove group_rule sg-0a000002 egress tcp 5432 5432 '{vpc-0b000001}00::/56' ''
step 45 'group sg-0a000002 (app) loses egress tcp/443 to ::/0' remove group_rule sg-0a000002 egress tcp 443 443 ::/0 ''
step 44 'group sg-0a000002 (app) loses ingress icmpv6/128 from {vpc-0a000001}00::/56' remove group_rule sg-0a000002 ingress icmpv6 128 -1 '{vpc-0a000001}00::/56' ''
step 43 'group sg-0a000002 (app) loses ingress tcp/9100 from 2a05:d018:abc:1a00::/56' remove group_rule sg-0a000002 ingress tcp 9100 9100 2a05:d018:abc:1a00::/56 'metrics, from anywhere inside'
step 42 'group sg-0a000002 (app) loses ingress tcp/9100 from {vpc-0b000001}00::/56' remove group_rule sg-0a000002 ingress tcp 9100 9100 '{vpc-0b000001}00::/56' 'metrics, from anywhere inside'
step 41 'group sg-0a000002 (app) loses ingress tcp/9100 from {vpc-0a000001}00::/56' remove group_rule sg-0a000002 ingress tcp 9100 9100 '{vpc-0a000001}00::/56' 'metrics, from anywhere inside'
step 40 'group sg-0a000002 (app) loses ingress tcp/8443 from {vpc-0a000001}00::/56' remove group_rule sg-0a000002 ingress tcp 8443 8443 '{vpc-0a000001}00::/56' ''
step 39 'group sg-0a000002 (app) loses ingress tcp/22 from 2a05:d018:abc:1a44::/64' remove group_rule sg-0a000002 ingress tcp 22 22 2a05:d018:abc:1a44::/64 'build agents'
step 38 'group sg-0a000001 (alb) loses ingress tcp/443 from ::/0' remove group_rule sg-0a000001 ingress tcp 443 443 ::/0 ''
step 37 'list acl-0a000002 (app) loses egress 99 allow icmpv6/2/0 to ::/0' remove acl_entry acl-0a000002 egress 99 allow 58 2 0 ::/0
step 36 'list acl-0a000002 (app) loses egress 131 allow icmpv6/129 to {vpc-0a000001}00::/56' remove acl_entry acl-0a000002 egress 131 allow 58 129 -1 '{vpc-0a000001}00::/56'
step 35 'list acl-0a000002 (app) loses egress 123 allow tcp/1024-65535 to 2a05:d018:abc:1a00::/56' remove acl_entry acl-0a000002 egress 123 allow 6 1024 65535 2a05:d018:abc:1a00::/56
step 34 'list acl-0a000002 (app) loses egress 122 allow tcp/1024-65535 to {vpc-0b000001}00::/56' remove acl_entry acl-0a000002 egress 122 allow 6 1024 65535 '{vpc-0b000001}00::/56'
step 33 'list acl-0a000002 (app) loses egress 121 allow tcp/1024-65535 to {vpc-0a000001}00::/56' remove acl_entry acl-0a000002 egress 121 allow 6 1024 65535 '{vpc-0a000001}00::/56'
step 32 'list acl-0a000002 (app) loses egress 111 allow tcp/5432 to {vpc-0b000001}00::/56' remove acl_entry acl-0a000002 egress 111 allow 6 5432 5432 '{vpc-0b000001}00::/56'
step 31 'list acl-0a000002 (app) loses egress 101 allow tcp/443 to ::/0' remove acl_entry acl-0a000002 egress 101 allow 6 443 443 ::/0
step 30 'list acl-0a000002 (app) loses ingress 99 allow icmpv6/2/0 from ::/0' remove acl_entry acl-0a000002 ingress 99 allow 58 2 0 ::/0
step 29 'list acl-0a000002 (app) loses ingress 121 allow tcp/1024-65535 from ::/0' remove acl_entry acl-0a000002 ingress 121 allow 6 1024 65535 ::/0
step 28 'list acl-0a000002 (app) loses ingress 111 allow tcp/22 from 2a05:d018:abc:1a44::/64' remove acl_entry acl-0a000002 ingress 111 allow 6 22 22 2a05:d018:abc:1a44::/64
step 27 'list acl-0a000002 (app) loses ingress 101 allow all from {vpc-0a000001}00::/56' remove acl_entry acl-0a000002 ingress 101 allow -1 -1 -1 '{vpc-0a000001}00::/56'
step 26 'list acl-0a000001 (edge) loses egress 101 allow all to ::/0' remove acl_entry acl-0a000001 egress 101 allow -1 -1 -1 ::/0
step 25 'list acl-0a000001 (edge) loses ingress 129 allow icmpv6/2/0 from ::/0' remove acl_entry acl-0a000001 ingress 129 allow 58 2 0 ::/0
step 24 'list acl-0a000001 (edge) loses ingress 131 allow all from {vpc-0a000001}00::/56' remove acl_entry acl-0a000001 ingress 131 allow -1 -1 -1 '{vpc-0a000001}00::/56'

# Wave 4: routes
step 23 'tgw-rtb-0d000001 no longer routes {vpc-0a000001}00::/56 to tgw-attach-0a000001' remove transit_route tgw-rtb-0d000001 '{vpc-0a000001}00::/56' tgw-attach-0a000001
step 22 'rtb-0c000001 (public) no longer routes {vpc-0a000001}00::/56 to pcx-0a000001' remove route rtb-0c000001 '{vpc-0a000001}00::/56' --vpc-peering-connection-id pcx-0a000001
step 21 'rtb-0c000000 (main) no longer routes {vpc-0a000001}00::/56 to pcx-0a000001' remove route rtb-0c000000 '{vpc-0a000001}00::/56' --vpc-peering-connection-id pcx-0a000001
step 20 'rtb-0c000000 (main) no longer routes ::/0 to the new egress-only gateway' remove route rtb-0c000000 ::/0 --egress-only-internet-gateway-id eigw-of:vpc-0c000001
step 19 'rtb-0b000000 (main) no longer routes {vpc-0a000001}00::/56 to tgw-0d000001' remove route rtb-0b000000 '{vpc-0a000001}00::/56' --transit-gateway-id tgw-0d000001
step 18 'rtb-0a000002 (app) no longer routes 2a05:d018:abc:1a00::/56 to pcx-0a000001' remove route rtb-0a000002 2a05:d018:abc:1a00::/56 --vpc-peering-connection-id pcx-0a000001
step 17 'rtb-0a000002 (app) no longer routes {vpc-0b000001}00::/56 to tgw-0d000001' remove route rtb-0a000002 '{vpc-0b000001}00::/56' --transit-gateway-id tgw-0d000001
step 16 'rtb-0a000001 (public) no longer routes 2a05:d018:abc:1a00::/56 to pcx-0a000001' remove route rtb-0a000001 2a05:d018:abc:1a00::/56 --vpc-peering-connection-id pcx-0a000001
step 15 'rtb-0a000001 (public) no longer routes ::/0 to igw-0a000001' remove route rtb-0a000001 ::/0 --gateway-id igw-0a000001

# Wave 3: routes
step 14 'tgw-attach-0b000001 (data) no longer carries IPv6' set attachment_v6 tgw-attach-0b000001 disable
step 13 'tgw-attach-0a000001 (prod) no longer carries IPv6' set attachment_v6 tgw-attach-0a000001 disable
step 12 'the egress-only gateway of vpc-0c000001 is deleted' remove egress_only vpc-0c000001

# Wave 2: IPv6 blocks for networks and subnets
step 11 'subnet-0c000002 (agents) gives 2a05:d018:abc:1a44::/64 back' remove subnet_block vpc-0c000001 subnet-0c000002 2a05:d018:abc:1a44::/64
step 10 'subnet-0b000002 (db-b) gives {vpc-0b000001}8c::/64 back' remove subnet_block vpc-0b000001 subnet-0b000002 '{vpc-0b000001}8c::/64'
step 9 'subnet-0b000001 (db-a) gives {vpc-0b000001}80::/64 back' remove subnet_block vpc-0b000001 subnet-0b000001 '{vpc-0b000001}80::/64'
step 8 'subnet-0a000006 (isolated) gives {vpc-0a000001}83::/64 back' remove subnet_block vpc-0a000001 subnet-0a000006 '{vpc-0a000001}83::/64'
step 7 'subnet-0a000005 (inspected) gives {vpc-0a000001}41::/64 back' remove subnet_block vpc-0a000001 subnet-0a000005 '{vpc-0a000001}41::/64'
step 6 'subnet-0a000004 (app-b) gives {vpc-0a000001}4e::/64 back' remove subnet_block vpc-0a000001 subnet-0a000004 '{vpc-0a000001}4e::/64'
step 5 'subnet-0a000003 (app-a) gives {vpc-0a000001}42::/64 back' remove subnet_block vpc-0a000001 subnet-0a000003 '{vpc-0a000001}42::/64'
step 4 'subnet-0a000002 (public-b) gives {vpc-0a000001}0c::/64 back' remove subnet_block vpc-0a000001 subnet-0a000002 '{vpc-0a000001}0c::/64'
step 3 'subnet-0a000001 (public-a) gives {vpc-0a000001}00::/64 back' remove subnet_block vpc-0a000001 subnet-0a000001 '{vpc-0a000001}00::/64'

# Wave 1: IPv6 blocks for networks and subnets
step 2 'group sg-0b000001 (db) loses egress all to ::/0' remove group_rule sg-0b000001 egress -1 -1 -1 ::/0 ''
step 2 'the default list acl-0b000000 loses egress 101 allow all to ::/0' remove acl_entry acl-0b000000 egress 101 allow -1 -1 -1 ::/0
step 2 'the default list acl-0b000000 loses ingress 101 allow all from ::/0' remove acl_entry acl-0b000000 ingress 101 allow -1 -1 -1 ::/0
step 2 'vpc-0b000001 (data) gives the block {vpc-0b000001}00::/56 back' remove vpc_block vpc-0b000001
step 1 'group sg-0a000006 (functions) loses egress all to ::/0' remove group_rule sg-0a000006 egress -1 -1 -1 ::/0 ''
step 1 'group sg-0a000005 (endpoints) loses egress all to ::/0' remove group_rule sg-0a000005 egress -1 -1 -1 ::/0 ''
step 1 'group sg-0a000004 (appliance) loses egress all to ::/0' remove group_rule sg-0a000004 egress -1 -1 -1 ::/0 ''
step 1 'group sg-0a000003 (jump) loses egress all to ::/0' remove group_rule sg-0a000003 egress -1 -1 -1 ::/0 ''
step 1 'the default list acl-0a000000 loses egress 101 allow all to ::/0' remove acl_entry acl-0a000000 egress 101 allow -1 -1 -1 ::/0
step 1 'the default list acl-0a000000 loses ingress 101 allow all from ::/0' remove acl_entry acl-0a000000 ingress 101 allow -1 -1 -1 ::/0
step 1 'vpc-0a000001 (prod) gives the block {vpc-0a000001}00::/56 back' remove vpc_block vpc-0a000001

finish
