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
