#!/usr/bin/env bash
# Written by sixward. It carries out the 18 steps of a plan, one line each, at the end of this file;
# what the functions before them do is the same for every plan.
set -euo pipefail

script_name=apply.sh
script_title='apply.sh: carries out a plan of 18 steps that brings IPv6 to an IPv4 estate'
direction=apply
plan_token=f8d7b8e136775d3c
total=18

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

# --- Instance types: stop, change, start.

declare -A instance_kind=() instance_state=()

find_instance() { # INSTANCE
  local kind='' state=''
  [[ $fresh || ! ${loaded[instance $1]-} ]] || return 0
  ask ec2 describe-instances --instance-ids "$1" \
    --query 'Reservations[].Instances[].[InstanceType,State.Name]' || return 2
  read -r kind state <<<"$REPLY"
  loaded[instance $1]=yes instance_kind[$1]=$kind instance_state[$1]=$state
}

instance_type_there() { # INSTANCE TYPE running|stopped (when the plan was made)
  find_instance "$1" || return 2
  case ${instance_state[$1]} in
  terminated | shutting-down | '')
    [[ $direction != undo ]] || { note='the instance is gone' && return 0; }
    trouble="  $1 is gone" && return 2
    ;;
  esac
  [[ ${instance_kind[$1]} == "$2" ]] || return 1
  # Cut off between the change and the start: it is not done before it runs again.
  [[ $3 == stopped || ${instance_state[$1]} == running ]] && return 0
  [[ ${instance_state[$1]} != pending ]] || return 3
  return 1
}

instance_becomes() { # INSTANCE STATE
  local until=$((SECONDS + patience))
  [[ ! $plan_only ]] || return 0
  fresh=yes
  while find_instance "$1"; do
    [[ ${instance_state[$1]} != "$2" ]] || return 0
    if ((SECONDS >= until)); then trouble="  $1 is not $2 after $patience s" && return 1; fi
    sleep "$poll"
  done
  return 1
}

instance_type_set() { # INSTANCE TYPE running|stopped
  local runs=$3
  case ${instance_state[$1]-} in running | pending) runs=running ;; esac
  if [[ ${instance_kind[$1]-} != "$2" ]]; then
    if [[ ${instance_state[$1]-$3} != stopp* ]]; then
      act ec2 stop-instances --instance-ids "$1" || return 1
    fi
    instance_becomes "$1" stopped || return 1
    act ec2 modify-instance-attribute --instance-id "$1" --instance-type "{\"Value\":\"$2\"}" || return 1
  elif [[ ${instance_state[$1]} == stopping ]]; then
    instance_becomes "$1" stopped || return 1
  fi
  [[ $runs == running ]] || return 0
  act ec2 start-instances --instance-ids "$1" || return 1
  instance_becomes "$1" running
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

# --- The plan.

begin "$@"

network vpc-0d000001 111122223333/eu-west-1 56 amazon ''
together sg-0d000001

# Wave 1: IPv6 blocks for networks and subnets
at 111122223333/eu-west-1
step 1 'vpc-0d000001 (legacy) gets the block {vpc-0d000001}00::/56' add vpc_block vpc-0d000001
also 1 'the default list acl-0d000001 gets ingress 101 allow all from ::/0' add acl_entry acl-0d000001 ingress 101 allow -1 -1 -1 ::/0
also 1 'the default list acl-0d000001 gets egress 101 allow all to ::/0' add acl_entry acl-0d000001 egress 101 allow -1 -1 -1 ::/0
also 1 'group sg-0d000001 (web) gets egress all to ::/0' add group_rule sg-0d000001 egress -1 -1 -1 ::/0 ''

# Wave 2: IPv6 blocks for networks and subnets
step 2 'subnet-0d000001 (public) gets {vpc-0d000001}00::/64' add subnet_block vpc-0d000001 subnet-0d000001 '{vpc-0d000001}00::/64'

# Wave 3: routes
step 3 'rtb-0d000000 (main) routes ::/0 to igw-0d000001' add route rtb-0d000000 ::/0 --gateway-id igw-0d000001

# Wave 4: firewall rules
step 4 'group sg-0d000001 (web) gets ingress tcp/80 from ::/0' add group_rule sg-0d000001 ingress tcp 80 80 ::/0 ''

# Wave 5: machine types
step 5 'i-0d000004 (c1) becomes c4.2xlarge, was c1.xlarge' set instance_type i-0d000004 c4.2xlarge running
step 6 'i-0d000005 (t1) becomes t2.micro, was t1.micro' set instance_type i-0d000005 t2.micro running
step 7 'i-0d000010 (sleeping) becomes m4.large, was m3.large' set instance_type i-0d000010 m4.large stopped

# Wave 6: addresses
step 8 'eni-0d000004 of i-0d000004 (c1) gets {vpc-0d000001}00::a46:e' add address vpc-0d000001 eni-0d000004 '{vpc-0d000001}00::a46:e'
step 9 'eni-0d000005 of i-0d000005 (t1) gets {vpc-0d000001}00::a46:f' add address vpc-0d000001 eni-0d000005 '{vpc-0d000001}00::a46:f'
step 10 'eni-0d000010 of i-0d000010 (sleeping) gets {vpc-0d000001}00::a46:14' add address vpc-0d000001 eni-0d000010 '{vpc-0d000001}00::a46:14'
step 11 'eni-0d000011 of i-0d000011 (modern) gets {vpc-0d000001}00::a46:15' add address vpc-0d000001 eni-0d000011 '{vpc-0d000001}00::a46:15'

# Wave 7: guest operating systems
by_hand 12 'the guest of i-0d000004 (c1) takes up its IPv6 address' 'on the host itself'
by_hand 13 'the guest of i-0d000005 (t1) takes up its IPv6 address' 'on the host itself'
by_hand 14 'the guest of i-0d000010 (sleeping) takes up its IPv6 address' 'on the host itself'
by_hand 15 'the guest of i-0d000011 (modern) takes up its IPv6 address' 'on the host itself'

# Wave 8: names
by_hand 16 'names of i-0d000004 (c1) get AAAA {vpc-0d000001}00::a46:e' 'in the zones that hold the names'
by_hand 17 'names of i-0d000005 (t1) get AAAA {vpc-0d000001}00::a46:f' 'in the zones that hold the names'
by_hand 18 'names of i-0d000011 (modern) get AAAA {vpc-0d000001}00::a46:15' 'in the zones that hold the names'

finish
